//! What stands on a slip of paper with which somebody signs in: a code to type and a token in an address.

use unicode_normalization::UnicodeNormalization;

/// Digits of a typed code.
pub const CODE_DIGITS: usize = 10;

/// The digits of a code as somebody typed it, also in full width or in groups; `None` where it can't be one.
pub fn typed_code(text: &str) -> Option<String> {
    let plain: String = text.nfkc().filter(|character| !character.is_whitespace() && *character != '-').collect();
    let is_code = plain.len() == CODE_DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then_some(plain)
}

/// A code as it is printed: two groups.
pub fn printed_code(code: &str) -> String {
    let (first, second) = code.split_at_checked(CODE_DIGITS / 2).unwrap_or((code, ""));
    format!("{first} {second}")
}

#[cfg(test)]
mod tests {
    use super::{printed_code, typed_code};

    #[test]
    fn a_code_is_taken_as_people_type_it() {
        for typed in ["0123456789", "01234 56789", " 01234-56789 ", "０１２３４　５６７８９"] {
            assert_eq!(typed_code(typed).as_deref(), Some("0123456789"), "{typed}");
        }
        for wrong in ["", "012345678", "01234567890", "012345678x", "٠١٢٣٤٥٦٧٨٩"] {
            assert_eq!(typed_code(wrong), None, "{wrong}");
        }
        assert_eq!(printed_code("0123456789"), "01234 56789");
        assert_eq!(typed_code(&printed_code("0123456789")).as_deref(), Some("0123456789"));
    }
}

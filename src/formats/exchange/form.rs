//! The forms of question files, and telling them apart.

/// A form of question file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Our own.
    Json,
    /// A workbook.
    Xlsx,
    /// A sheet as text.
    Csv,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Json, Self::Xlsx, Self::Csv];

    /// Its name on the command line and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The form of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The form of a file by what stands in it, helped by its name. What nobody knows is taken for our own form, whose
    /// reader says best what is wrong.
    pub fn detect(name: &str, bytes: &[u8]) -> Self {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        match (start, ending.as_str()) {
            ([b'P', b'K', ..], _) => Self::Xlsx,
            ([b'{' | b'[', ..], ending) if ending != "csv" => Self::Json,
            (_, "csv" | "tsv") => Self::Csv,
            _ => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_is_told_by_content_first_and_then_by_name() {
        for (name, bytes, form) in [
            ("bank.json", &b"{\"bank\": 1}"[..], Form::Json),
            ("bank.txt", b"\xef\xbb\xbf [1]", Form::Json),
            ("wrong.json", b"PK\x03\x04", Form::Xlsx),
            ("sheet.CSV", b"a,b", Form::Csv),
            ("sheet.csv", b"[x],b", Form::Csv),
            ("", b"", Form::Json),
        ] {
            assert_eq!(Form::detect(name, bytes), form, "{name}");
        }
        assert!(Form::ALL.iter().all(|form| Form::from_name(form.name()) == Some(*form)));
    }
}

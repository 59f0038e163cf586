//! Inputs made from sound ones by what goes wrong in files, and by what nobody would think of.

use crate::seeds::Seed;

/// Chance that can be repeated (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another; 0 below 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap().max(1);
        usize::try_from(self.next() % bound).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// What turns up in such files, or breaks those who read them.
const TOKENS: [&str; 62] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    ",",
    ":",
    "null",
    "true",
    "-1",
    "1e999",
    "0.001",
    "99999999999999999999",
    "4294967296",
    "{{1}}",
    "{{2}}",
    "{{",
    "}}",
    "=",
    "~",
    "~%50%",
    "~%-100%",
    "#",
    "####",
    "::",
    "->",
    "->  ",
    "//",
    "$CATEGORY: ",
    "[html]",
    "A. ",
    "B、",
    "（　）",
    "答案：",
    "ANSWER: ",
    "对",
    "√",
    "、",
    "\u{feff}",
    "\u{2028}",
    "é",
    "😀",
    "\0",
    "\r\n",
    "\n\n",
    "\t",
    ";",
    "<",
    ">",
    "</",
    "/>",
    "&amp;",
    "&#0;",
    "&#x10ffff;",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "<?xml version=\"1.0\" encoding=\"GBK\"?>",
    "../",
];

/// One input, made from some seed.
pub(crate) fn mutated(chance: &mut Chance, seeds: &[Seed]) -> Vec<u8> {
    let seed = &seeds[chance.below(seeds.len())];
    let other = &seeds[chance.below(seeds.len())];
    let Seed::Package(parts) = seed else {
        return changed(chance, seed.bytes(), &other.bytes());
    };
    if chance.below(10) == 0 {
        return changed(chance, seed.bytes(), &other.bytes());
    }
    // Inside the package, where a checksum would refuse what is changed outside.
    let mut parts = parts.clone();
    for _ in 0..=chance.below(2) {
        let index = chance.below(parts.len());
        let donor = parts[chance.below(parts.len())].1.clone();
        let content = std::mem::take(&mut parts[index].1);
        parts[index].1 = changed(chance, content, &donor);
    }
    if chance.below(12) == 0 {
        parts.remove(chance.below(parts.len()));
    }
    Seed::Package(parts).bytes()
}

fn changed(chance: &mut Chance, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let length = chance.below((bytes.len() - at).min(64) + 1);
        match chance.below(10) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let again = bytes[at..at + length].to_vec();
                bytes.splice(at..at, again);
            }
            3 => {
                let from = chance.below(other.len() + 1);
                let taken = chance.below((other.len() - from).min(400) + 1);
                bytes.splice(at..at + length, other[from..from + taken].iter().copied());
            }
            4 => bytes.truncate(at),
            5 => {
                let token = chance.pick(&TOKENS).repeat(1 + chance.below(3));
                bytes.splice(at..at + length, token.bytes());
            }
            6 => {
                // Deep, or long.
                let token = chance.pick(&TOKENS).repeat(1 << chance.below(12));
                bytes.splice(at..at, token.bytes());
            }
            7 => swap_numbers(chance, &mut bytes, at),
            _ => {
                let token = chance.pick(&TOKENS);
                bytes.splice(at..at, token.bytes());
            }
        }
    }
    bytes
}

/// Puts another number where one stands behind a place.
fn swap_numbers(chance: &mut Chance, bytes: &mut Vec<u8>, at: usize) {
    let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else { return };
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        chance.pick(&["0", "1", "16384", "1048576", "65536", "4294967295", "18446744073709551616", "-7", "1e9"]);
    bytes.splice(start..start + length, number.bytes());
}

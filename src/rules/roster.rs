//! The roster: branches and members as a file states them, before anything is applied.

use serde::{Deserialize, Serialize};

/// What a person may do, at a branch and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sits tests.
    Member,
    /// Loads banks, makes tests.
    Organizer,
    /// Reads reports.
    Committee,
    /// Keeps branches and people.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Member, Self::Organizer, Self::Committee, Self::Administrator];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Organizer => "organizer",
            Self::Committee => "committee",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Why somebody is no longer on the roster. Nobody is deleted: results and history stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Departure {
    /// Now belongs to another unit: 转出.
    TransferredOut,
    /// Left working life, and with it this roster: 离退休.
    Retired,
    /// Died: 去世.
    Deceased,
}

impl Departure {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::TransferredOut, Self::Retired, Self::Deceased];

    /// The name in files, forms and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TransferredOut => "transferred-out",
            Self::Retired => "retired",
            Self::Deceased => "deceased",
        }
    }

    /// The reason of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|departure| departure.name() == name)
    }
}

/// The two sheets of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetKind {
    /// Branches.
    Branches,
    /// Members and the roles of others.
    Members,
}

impl SheetKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Branches, Self::Members];

    /// The name in addresses, forms and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Branches => "branches",
            Self::Members => "members",
        }
    }

    /// The sheet of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sheet| sheet.name() == name)
    }
}

/// A row of a file of branches, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BranchRow {
    /// The row in the file, from 1.
    pub row: usize,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code or name of the branch above; `None` at the top.
    pub parent: Option<String>,
    /// 党委, 总支, 支部 …: free words.
    pub kind: Option<String>,
}

/// A row of a file of members, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberRow {
    /// The row in the file, from 1.
    pub row: usize,
    /// What the person signs in with; `None` where the sheet has no such column: one is made.
    pub login: Option<String>,
    /// The person's name.
    pub name: String,
    /// The code or name of the branch; `None` (administrators only) for the whole unit.
    pub branch: Option<String>,
    /// The role held there.
    pub role: Role,
    /// A password; never shown.
    #[serde(skip)]
    pub password: Option<String>,
    /// Whether the password must be changed at first sign-in.
    pub must_change: bool,
    /// 正式党员, 预备党员 …: free words.
    pub category: Option<String>,
    /// The unit's own number for the person.
    pub number: Option<String>,
    /// The official order, where the file states one.
    pub order: Option<i64>,
    /// `false` ends the membership.
    pub active: bool,
}

/// Places in the official order for what a file names, in the file's order; `known` holds the place of each, or nothing
/// for what is new. A file that names all gives the order. Otherwise what it names changes places among itself only,
/// and what is new comes last, behind `last`.
pub fn places(known: &[Option<i64>], names_all: bool, last: i64) -> Vec<i64> {
    if names_all {
        return (0..).zip(known).map(|(place, _)| place).collect();
    }
    let mut free: Vec<i64> = known.iter().copied().flatten().collect();
    free.sort_unstable();
    let (mut free, mut last) = (free.into_iter(), last);
    let place = |known: &Option<i64>| {
        let old = known.and_then(|_| free.next());
        old.unwrap_or_else(|| {
            last += 1;
            last
        })
    };
    known.iter().map(place).collect()
}

/// Something wrong in a sheet: where and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetProblem {
    /// The row in the file, from 1; 0 for the file as a whole.
    pub row: usize,
    /// The heading of the column as the file has it; empty for the row as a whole.
    pub column: String,
    /// Which problem.
    pub code: SheetProblemCode,
    /// What stood there.
    pub found: String,
    /// What was expected, where the message names it.
    pub expected: String,
}

/// The problems a sheet can have. Each has a message and a remedy in `locales/`, under `sheet-<name>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetProblemCode {
    /// Neither CSV nor XLSX that can be read.
    Unreadable,
    /// Neither UTF-8 nor GB18030.
    Encoding,
    /// No heading row was found (`expected` lists the needed columns).
    NoHeader,
    /// A needed column is missing (`expected` names it).
    MissingColumn,
    /// The same column twice.
    RepeatedColumn,
    /// Several sheets of the workbook could be meant (`found` lists them).
    SeveralSheets,
    /// No row under the heading.
    NoRows,
    /// More rows or a larger file than allowed (`expected` is the limit).
    TooLarge,
    /// A needed cell is empty.
    Empty,
    /// Longer than allowed, or a control character.
    BadText,
    /// Not one of the known words (`expected` lists them).
    NotOneOf,
    /// Not a whole number.
    NotNumber,
    /// The same code, name or login and role twice (`expected` is the row of the first).
    Repeated,
    /// No branch of this code or name (`expected` is the nearest).
    UnknownBranch,
    /// Several branches of this name: the code is needed.
    AmbiguousBranch,
    /// A branch below itself.
    Circle,
    /// Two rows of a login disagree about the name.
    NameDiffers,
    /// Two memberships of one login.
    TwoMemberships,
    /// Looks like an identity number, which Kaohe never stores.
    IdentityNumber,
    /// A password that is too short or too long (`expected` is the range).
    BadPassword,
    /// Only an administrator may hold a role over the whole unit.
    BranchNeeded,
    /// The branch lies outside what the one who loads may change.
    OutsideRights,
    /// Only those who may keep people of the whole unit may give this role.
    RoleNotYours,
    /// A person whose login is taken under another name in another branch.
    LoginTaken,
    /// Nobody of this login, whose membership could end.
    UnknownLogin,
    /// Two rows are said to be the same known person.
    SamePersonTwice,
    /// Nobody of this login is assessed here.
    NotAssessed,
    /// Neither points up to full marks (`expected`) nor percent.
    NotMark,
    /// Nobody enters an own mark.
    OwnMark,
}

/// Whether a text looks like an 18-digit identity number (the last may be X), checked by its own check digit.
pub fn looks_like_identity_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'-').collect();
    let Some((last, digits)) = compact.split_last() else { return false };
    if digits.len() != 17
        || !digits.iter().all(u8::is_ascii_digit)
        || !(last.is_ascii_digit() || last.eq_ignore_ascii_case(&b'X'))
    {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let year: u32 = digits.iter().skip(6).take(4).fold(0, |year, digit| year * 10 + u32::from(digit - b'0'));
    let checked = usize::try_from(sum % 11)
        .ok()
        .and_then(|i| CHECKS.get(i))
        .is_some_and(|check| last.eq_ignore_ascii_case(check));
    checked || (1900..=2100).contains(&year)
}

#[cfg(test)]
mod tests {
    use super::{looks_like_identity_number, places};

    #[test]
    fn a_part_of_the_roster_keeps_its_places() {
        assert_eq!(places(&[Some(4), None, Some(2)], false, 9), [2, 10, 4]);
        assert_eq!(places(&[Some(7)], false, 9), [7]);
        assert_eq!(places(&[Some(7), None, Some(3)], true, 9), [0, 1, 2]);
    }

    #[test]
    fn identity_numbers_are_told_from_other_numbers() {
        assert!(looks_like_identity_number("11010519491231002X"));
        assert!(looks_like_identity_number("110105 19491231 0021"));
        assert!(!looks_like_identity_number("13800138000"));
        assert!(!looks_like_identity_number("202600000000000001"));
    }
}

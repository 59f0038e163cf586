//! Everything a use case can refuse, without words and without HTTP.

use crate::app::HashingError;
use crate::rules::bank::Problem;
use crate::rules::question::Misfit;
use crate::rules::roster::{Role, SheetProblem};
use crate::store;

/// A thing that may not exist, or not for this caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A page or address.
    Page,
    /// A bank.
    Bank,
    /// A test.
    Test,
    /// An attempt.
    Attempt,
    /// A question of an attempt.
    Question,
    /// A branch.
    Branch,
    /// A person.
    Person,
    /// A pause.
    Pause,
    /// A sign-in slip.
    Slip,
    /// A correction of a test.
    Correction,
    /// An annual assessment.
    Assessment,
    /// A list of marks of an annual assessment, or one of them.
    MarkList,
    /// An objection to a question.
    Objection,
    /// A note that a clause was amended.
    Amendment,
    /// A paper that was printed for a member.
    Paper,
    /// A template for circulars.
    Template,
    /// A scanned signed page.
    SignedPage,
}

/// What keeps a file from being a template.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Flaw {
    /// The name of its message.
    pub code: &'static str,
    /// What it is about; may be empty.
    pub what: String,
}

/// What a test lacks: the rows that compete, in the words of the blueprint.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NamedShortfall {
    /// The rows.
    pub rows: Vec<NamedRow>,
    /// How many questions they need together.
    pub needed: u32,
    /// How many there are.
    pub there: u32,
}

/// A row of a blueprint that falls short.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NamedRow {
    /// The section, from 1.
    pub section: usize,
    /// The row in the section, from 1.
    pub row: usize,
    /// The bank.
    pub bank: String,
    /// Titles of the topics; all where empty.
    pub topics: Vec<crate::rules::text::Text>,
    /// The kind.
    pub kind: crate::rules::question::Kind,
    /// The band of difficulty, where the row has bands.
    pub difficulty: Option<String>,
    /// How many it needs.
    pub needed: u32,
}

/// A field of a form or small request that can't be taken as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    /// The field.
    pub field: &'static str,
    /// What is expected of it, as the name of a message.
    pub expected: &'static str,
}

/// What is stored where a save was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// Its number.
    pub save: i64,
    /// The response.
    pub response: serde_json::Value,
}

/// What a use case refuses. [`Error::code`] is stable.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("sign-in needed")]
    SignInNeeded,
    /// A change asked for by a page that isn't ours.
    #[error("foreign origin")]
    ForeignOrigin,
    /// Login or password is wrong; which one is not said.
    #[error("wrong login or password")]
    WrongCredentials,
    /// Too many failures; wait this long.
    #[error("too many failed sign-ins")]
    Throttled {
        /// Seconds.
        wait_seconds: i64,
    },
    /// The password has to be changed first.
    #[error("password must be changed")]
    PasswordChangeNeeded,
    /// A new password too short or too long.
    #[error("bad password")]
    BadPassword,
    /// The link for the first administrator is used up or wrong.
    #[error("link not valid")]
    LinkNotValid,
    /// The code or address of a slip that is unknown, cancelled, or of a test that is over.
    #[error("slip not valid")]
    SlipNotValid,
    /// Another device is signed in with the slip.
    #[error("slip in use")]
    SlipInUse,
    /// A sheet that was made to be printed is no longer kept.
    #[error("the printout is gone")]
    PrintoutGone,
    /// The caller doesn't hold this role at this place.
    #[error("forbidden")]
    Forbidden(Option<Role>),
    /// It isn't there, or the caller may not know that it is.
    #[error("{0:?} not found")]
    NotFound(Thing),
    /// A field of a small request.
    #[error("invalid {field}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is expected of it, as the name of a message.
        expected: &'static str,
    },
    /// Fields of a small request; every one that is wrong.
    #[error("{} invalid fields", .0.len())]
    Fields(Vec<Mistake>),
    /// Nobody would be left to keep branches and people of the whole unit.
    #[error("the last administrator")]
    LastAdministrator,
    /// The caller would lose an own role, and hasn't said that this is meant.
    #[error("an own role")]
    OwnRole,
    /// A branch that something names can't be deleted; the names of the messages that say what.
    #[error("branch in use")]
    BranchInUse(Vec<&'static str>),
    /// A body that is not the JSON that this call takes.
    #[error("{} problems in a request", .0.len())]
    Unreadable(Vec<Problem>),
    /// Parameters of an address that this call doesn't take.
    #[error("{} problems in an address", .0.len())]
    Parameters(Vec<Problem>),
    /// A body larger than this call takes.
    #[error("body too large")]
    BodyTooLarge,
    /// Problems of a JSON file.
    #[error("{} problems in a file", .0.len())]
    File(Vec<Problem>),
    /// Problems of a sheet.
    #[error("{} problems in a sheet", .0.len())]
    Sheet(Vec<SheetProblem>),
    /// A file that can't be a template.
    #[error("{} flaws of a template", .0.len())]
    Template(Vec<Flaw>),
    /// A blueprint that can't be filled.
    #[error("{} shortfalls", .0.len())]
    Shortfall(Vec<NamedShortfall>),
    /// The name is taken.
    #[error("name taken")]
    NameTaken(Thing),
    /// Somebody changed it meanwhile.
    #[error("changed meanwhile")]
    ChangedMeanwhile,
    /// The member's paper was printed: what stands on it counts.
    #[error("a paper is printed")]
    OnPaper,
    /// Nothing waits to be published.
    #[error("nothing waits to be published")]
    NothingToPublish,
    /// Something waits to be published that still has mistakes.
    #[error("what waits isn't finished")]
    Unfinished,
    /// A sheet makes people who may be known, and nobody has said who they are.
    #[error("{count} people may be known")]
    Unanswered {
        /// How many.
        count: usize,
    },
    /// A sheet that was to be loaded is no longer kept.
    #[error("the file is gone")]
    FileGone,
    /// After the first paper only longer times are allowed.
    #[error("papers are out")]
    PapersAreOut,
    /// Results of a test are not settled yet, or settled already.
    #[error("test is over")]
    TestIsOver,
    /// The test opens later or has closed.
    #[error("not open")]
    NotOpen {
        /// When it opens for this member, if that lies ahead.
        opens_at_ms: Option<i64>,
        /// When it closed, if it did.
        closed_at_ms: Option<i64>,
    },
    /// The test isn't sat from this address.
    #[error("address not admitted")]
    AddressNotAdmitted {
        /// The address.
        address: String,
    },
    /// The test is sat with Safe Exam Browser only.
    #[error("Safe Exam Browser needed")]
    SafeExamBrowserNeeded,
    /// The test starts with a word that wasn't given.
    #[error("test password needed")]
    TestPasswordNeeded,
    /// The word isn't the one that starts the test.
    #[error("wrong test password")]
    WrongTestPassword,
    /// The attempt stays with the sign-in that began it.
    #[error("one device only")]
    OneDevice,
    /// The test was cancelled.
    #[error("cancelled")]
    Cancelled {
        /// Why.
        reason: String,
    },
    /// Later than the test lets people in.
    #[error("too late")]
    TooLate,
    /// Every attempt is used up.
    #[error("no attempt left")]
    NoAttemptLeft,
    /// Earlier than the test lets people hand in.
    #[error("too early")]
    TooEarly {
        /// From when.
        from_ms: i64,
    },
    /// Another response stands under this number or a higher one.
    #[error("stale save")]
    StaleSave(StoredResponse),
    /// Another device took over.
    #[error("taken over")]
    TakenOver(Option<StoredResponse>),
    /// The attempt is finished.
    #[error("attempt finished")]
    AttemptFinished,
    /// The time is over.
    #[error("deadline passed")]
    DeadlinePassed,
    /// The attempt is still open.
    #[error("attempt open")]
    AttemptOpen,
    /// What arrived late was decided about.
    #[error("late responses decided")]
    LateDecided,
    /// Results of the test aren't settled yet.
    #[error("test is not over")]
    TestNotOver,
    /// The results of the year aren't signed off yet.
    #[error("not signed off")]
    NotSignedOff,
    /// Whoever proposes a correction doesn't approve it.
    #[error("second person needed")]
    SecondPersonNeeded,
    /// Nobody objects to questions of the test any more.
    #[error("objections closed")]
    ObjectionsClosed {
        /// Since when; `None`: the test has no such period.
        since_ms: Option<i64>,
    },
    /// The objection was answered or withdrawn.
    #[error("objection answered")]
    ObjectionAnswered,
    /// A member has written too often about one question.
    #[error("too many objections")]
    TooManyObjections,
    /// The test stands still, for all or for this member.
    #[error("paused")]
    Paused,
    /// A finished attempt can't go on: its member could have read the keys.
    #[error("keys were shown")]
    KeysWereShown,
    /// The response doesn't fit its question.
    #[error("{0}")]
    Misfit(Misfit),
    /// Too much at once; try again shortly.
    #[error("busy")]
    Busy,
    /// There is no room left where the data is.
    #[error("no room")]
    NoRoom,
    /// The database has no copy command.
    #[error("not for this database")]
    NotForThisDatabase,
    /// Below the use cases something failed.
    #[error(transparent)]
    Store(store::Error),
}

/// What use cases return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The stable name: the `type` of the problem document, and the name of the message.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignInNeeded => "sign-in-needed",
            Self::ForeignOrigin => "foreign-origin",
            Self::WrongCredentials => "wrong-credentials",
            Self::Throttled { .. } => "too-many-failures",
            Self::PasswordChangeNeeded => "password-change-needed",
            Self::BadPassword => "bad-password",
            Self::LinkNotValid => "link-not-valid",
            Self::SlipNotValid => "slip-not-valid",
            Self::SlipInUse => "slip-in-use",
            Self::PrintoutGone => "printout-gone",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not-found",
            Self::Invalid { .. } => "invalid-field",
            Self::Fields(_) => "invalid-fields",
            Self::LastAdministrator => "last-administrator",
            Self::OwnRole => "own-role",
            Self::BranchInUse(_) => "branch-in-use",
            Self::Unreadable(_) => "unreadable",
            Self::Parameters(_) => "invalid-parameter",
            Self::BodyTooLarge => "too-large",
            Self::File(_) => "invalid-file",
            Self::Sheet(_) => "invalid-sheet",
            Self::Template(_) => "invalid-template",
            Self::Shortfall(_) => "shortfall",
            Self::NameTaken(_) => "name-taken",
            Self::ChangedMeanwhile => "changed-meanwhile",
            Self::OnPaper => "on-paper",
            Self::NothingToPublish => "nothing-to-publish",
            Self::Unfinished => "unfinished",
            Self::Unanswered { .. } => "unanswered",
            Self::FileGone => "file-gone",
            Self::PapersAreOut => "papers-are-out",
            Self::TestIsOver => "test-is-over",
            Self::NotOpen { .. } => "not-open",
            Self::AddressNotAdmitted { .. } => "address-not-admitted",
            Self::SafeExamBrowserNeeded => "safe-exam-browser-needed",
            Self::TestPasswordNeeded => "test-password-needed",
            Self::WrongTestPassword => "wrong-test-password",
            Self::OneDevice => "one-device",
            Self::Cancelled { .. } => "cancelled",
            Self::TooLate => "too-late",
            Self::NoAttemptLeft => "no-attempt-left",
            Self::TooEarly { .. } => "too-early",
            Self::StaleSave(_) => "stale-save",
            Self::TakenOver(_) => "taken-over",
            Self::AttemptFinished => "attempt-finished",
            Self::DeadlinePassed => "deadline-passed",
            Self::AttemptOpen => "attempt-open",
            Self::LateDecided => "late-decided",
            Self::TestNotOver => "test-not-over",
            Self::NotSignedOff => "not-signed-off",
            Self::SecondPersonNeeded => "second-person-needed",
            Self::ObjectionsClosed { .. } => "objections-closed",
            Self::ObjectionAnswered => "objection-answered",
            Self::TooManyObjections => "too-many-objections",
            Self::Paused => "paused",
            Self::KeysWereShown => "keys-were-shown",
            Self::Misfit(_) => "response-misfit",
            Self::Busy => "busy",
            Self::NoRoom => "no-room",
            Self::NotForThisDatabase => "not-for-this-database",
            Self::Store(_) => "internal",
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy,
            store::Error::Full(why) => {
                tracing::error!(why, "no room left where the data is: make room; answers are refused until then");
                Self::NoRoom
            }
            store::Error::Away(why) => {
                tracing::warn!(why, "the database can't be reached; it is tried again with the next request");
                Self::Busy
            }
            error if error.is_conflict() => Self::ChangedMeanwhile,
            other => Self::Store(other),
        }
    }
}

impl From<HashingError> for Error {
    fn from(_: HashingError) -> Self {
        Self::Busy
    }
}

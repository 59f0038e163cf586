//! How those who sit a test stand, as the live view shows it.

use crate::rules::integrity::Hinted;
use serde::Serialize;
use std::collections::HashMap;

/// Without a save for this long, in milliseconds, somebody who works counts as silent.
pub const SILENT_MS: i64 = 5 * 60_000;
/// The time over which saves are counted, in milliseconds.
pub const SAVES_COUNTED_MS: i64 = 10_000;

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Working, but nothing came for long.
    Silent,
    /// Standing still.
    Paused,
    /// Working.
    Working,
    /// Due, and not there yet.
    NotStarted,
    /// Finished.
    Finished,
    /// On leave, not required, or disqualified.
    Away,
}

impl State {
    /// Every one, those that need somebody first.
    pub const ALL: [Self; 6] =
        [Self::Silent, Self::Paused, Self::Working, Self::NotStarted, Self::Finished, Self::Away];

    /// The name in the API and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Paused => "paused",
            Self::Working => "working",
            Self::NotStarted => "not_started",
            Self::Finished => "finished",
            Self::Away => "away",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Who.
    pub person_id: String,
    /// The name.
    pub name: String,
    /// The login.
    pub login: String,
    /// The branch.
    pub branch_id: String,
    /// The code of the branch.
    pub branch_code: String,
    /// The name of the branch.
    pub branch_name: String,
    /// How they stand.
    pub state: State,
    /// The last attempt.
    pub attempt_id: Option<String>,
    /// Questions with a saved answer, of an open attempt.
    pub answered: i64,
    /// Questions of the paper; 0 without one.
    pub questions: i64,
    /// Questions saved within [`SAVES_COUNTED_MS`].
    pub saved_just_now: i64,
    /// When the last save arrived, of an open attempt.
    pub last_save_at_ms: Option<i64>,
    /// Until when the attempt runs.
    pub deadline_at_ms: Option<i64>,
    /// What was noted as hints in the last attempt, where the test asks for it.
    pub hints: Vec<Hinted>,
}

/// What somebody who watches sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Everyone in the audience below them, in the official order.
    pub members: Vec<Watched>,
}

impl Seen {
    /// How many stand how.
    pub fn counts(&self) -> HashMap<&'static str, usize> {
        State::ALL.into_iter().map(|state| (state.name(), self.count(state))).collect()
    }

    /// How many stand so.
    pub fn count(&self, state: State) -> usize {
        self.members.iter().filter(|member| member.state == state).count()
    }

    /// Answers saved a second, to one decimal.
    pub fn saves_per_second(&self) -> String {
        let saved: i64 = self.members.iter().map(|member| member.saved_just_now).sum();
        let tenths = saved * 10_000 / SAVES_COUNTED_MS;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

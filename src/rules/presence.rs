//! Presence 应考情况: exactly one state for each member of an audience.

use serde::{Deserialize, Serialize};

/// The states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At least one finished attempt 实考.
    Sat,
    /// None, and no reason given 缺考.
    Absent,
    /// On leave 请假.
    Excused,
    /// Not due 免考.
    Exempt,
    /// 违纪.
    Disqualified,
}

impl Presence {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Sat, Self::Absent, Self::Excused, Self::Exempt, Self::Disqualified];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sat => "sat",
            Self::Absent => "absent",
            Self::Excused => "excused",
            Self::Exempt => "exempt",
            Self::Disqualified => "disqualified",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What holds, of what was set by hand and whether an attempt is finished: exempt, disqualified, sat, excused,
    /// absent, in this order.
    pub const fn of(set: Option<Self>, sat: bool) -> Self {
        match (set, sat) {
            (Some(Self::Exempt), _) => Self::Exempt,
            (Some(Self::Disqualified), _) => Self::Disqualified,
            (_, true) => Self::Sat,
            (Some(Self::Excused), false) => Self::Excused,
            (None | Some(Self::Sat | Self::Absent), false) => Self::Absent,
        }
    }

    /// Whether the member counts as due.
    pub const fn is_due(self) -> bool {
        !matches!(self, Self::Exempt)
    }
}

#[cfg(test)]
mod tests {
    use super::Presence;

    #[test]
    fn precedence() {
        assert_eq!(Presence::of(Some(Presence::Exempt), true), Presence::Exempt);
        assert_eq!(Presence::of(Some(Presence::Disqualified), true), Presence::Disqualified);
        assert_eq!(Presence::of(Some(Presence::Excused), true), Presence::Sat);
        assert_eq!(Presence::of(Some(Presence::Excused), false), Presence::Excused);
        assert_eq!(Presence::of(None, false), Presence::Absent);
    }
}

//! Everything that is kept about one person, beside what [`people`](super::people), [`attempts`](super::attempts) and
//! what belongs to attempts read.

use crate::store::Result;
use crate::store::db::Tx;

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),+ }
    };
}

row! {
    /// A role, now or before.
    Role {
        /// Which.
        role: String,
        /// The code of its branch; `None`: the whole unit.
        branch: Option<String>,
        /// Since when.
        from_at_ms: i64,
        /// Until when.
        until_at_ms: Option<i64>,
    }
}

row! {
    /// What somebody said of the presence at a test.
    Presence {
        /// The test.
        test: String,
        /// What.
        state: String,
        /// Why.
        reason: String,
        /// When.
        set_at_ms: i64,
    }
}

row! {
    /// An own window in a test.
    Window {
        /// The test.
        test: String,
        /// Minutes on top.
        extra_minutes: i64,
        /// Another opening.
        opens_at_ms: Option<i64>,
        /// Another closing.
        closes_at_ms: Option<i64>,
        /// Why.
        reason: String,
    }
}

row! {
    /// A sign-in slip.
    Slip {
        /// The test.
        test: String,
        /// When it was made.
        made_at_ms: i64,
        /// When it was cancelled.
        cancelled_at_ms: Option<i64>,
    }
}

row! {
    /// A paper that was printed; once it is marked, what was written belongs to the sitting.
    PrintedPaper {
        /// The test.
        test: String,
        /// `printed`, `entered`, `checked` or `void`.
        state: String,
        /// When it was printed.
        printed_at_ms: i64,
        /// When what was written was entered.
        entered_at_ms: Option<i64>,
        /// What was entered.
        responses: Option<String>,
        /// When it was checked, or declared void.
        ended_at_ms: Option<i64>,
        /// Why it is void.
        reason: Option<String>,
    }
}

row! {
    /// A device tried before a test.
    DeviceCheck {
        /// The test.
        test: String,
        /// The shape of the device.
        shape: Option<String>,
        /// The word that was typed.
        word: Option<String>,
        /// When something was saved.
        saved_at_ms: i64,
        /// When all went well.
        passed_at_ms: Option<i64>,
    }
}

row! {
    /// Something said to this person alone while a test was sat.
    Message {
        /// The test.
        test: String,
        /// What.
        text: String,
        /// When.
        sent_at_ms: i64,
    }
}

row! {
    /// Something added to a result of the annual assessment, or taken from it.
    Adjustment {
        /// The year.
        year: i64,
        /// Hundredths.
        points: i64,
        /// Why.
        reason: String,
        /// When.
        given_at_ms: i64,
        /// When it was taken back.
        ended_at_ms: Option<i64>,
    }
}

row! {
    /// A mark of the annual assessment that was entered by hand.
    Mark {
        /// The year.
        year: i64,
        /// The list.
        list: String,
        /// Hundredths.
        points: i64,
        /// Hundredths.
        full_points: i64,
        /// Where it comes from.
        source: String,
        /// When.
        given_at_ms: i64,
        /// When it was replaced or taken back.
        ended_at_ms: Option<i64>,
    }
}

row! {
    /// A signed-in device.
    Session {
        /// Since when.
        created_at_ms: i64,
        /// When it was last seen.
        seen_at_ms: i64,
    }
}

/// What is kept about one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct OwnRows {
    /// Roles, the first one first.
    pub roles: Vec<Role>,
    /// Presence.
    pub presence: Vec<Presence>,
    /// Windows.
    pub windows: Vec<Window>,
    /// Slips.
    pub sign_in_slips: Vec<Slip>,
    /// Printed papers.
    pub printed_papers: Vec<PrintedPaper>,
    /// Devices tried.
    pub device_checks: Vec<DeviceCheck>,
    /// Messages.
    pub messages: Vec<Message>,
    /// Adjustments.
    pub adjustments: Vec<Adjustment>,
    /// Marks entered by hand.
    pub entered_marks: Vec<Mark>,
    /// Sessions.
    pub sessions: Vec<Session>,
}

/// Reads it.
pub async fn of(tx: &mut Tx, person_id: &str) -> Result<OwnRows> {
    macro_rules! all {
        ($sql:literal) => {
            tx.query($sql).bind(person_id.to_owned()).fetch_all().await?
        };
    }
    Ok(OwnRows {
        roles: all!(
            "SELECT role.role, branch.code AS branch, role.from_at_ms, role.until_at_ms FROM role
             LEFT JOIN branch ON branch.id = role.branch_id WHERE role.person_id = $1 ORDER BY role.from_at_ms, role.id"
        ),
        presence: all!(
            "SELECT test.name AS test, presence.state, presence.reason, presence.set_at_ms FROM presence
             JOIN test ON test.id = presence.test_id WHERE presence.person_id = $1 ORDER BY presence.set_at_ms, test.name"
        ),
        windows: all!(
            "SELECT test.name AS test, test_window.extra_minutes, test_window.opens_at_ms, test_window.closes_at_ms,
                 test_window.reason FROM test_window JOIN test ON test.id = test_window.test_id
             WHERE test_window.person_id = $1 ORDER BY test.name"
        ),
        sign_in_slips: all!(
            "SELECT test.name AS test, slip.made_at_ms, slip.cancelled_at_ms FROM slip JOIN test ON test.id = slip.test_id
             WHERE slip.person_id = $1 ORDER BY slip.made_at_ms, slip.id"
        ),
        printed_papers: all!(
            "SELECT test.name AS test, paper_sitting.state, paper_sitting.printed_at_ms, paper_sitting.entered_at_ms,
                 paper_sitting.responses, paper_sitting.ended_at_ms, paper_sitting.reason
             FROM paper_sitting JOIN test ON test.id = paper_sitting.test_id
             WHERE paper_sitting.person_id = $1 ORDER BY paper_sitting.printed_at_ms, paper_sitting.id"
        ),
        device_checks: all!(
            "SELECT test.name AS test, device_check.shape, device_check.word, device_check.saved_at_ms,
                 device_check.passed_at_ms FROM device_check JOIN test ON test.id = device_check.test_id
             WHERE device_check.person_id = $1 ORDER BY test.name"
        ),
        messages: all!(
            "SELECT test.name AS test, message.text, message.sent_at_ms FROM message
             JOIN test ON test.id = message.test_id WHERE message.person_id = $1 ORDER BY message.sent_at_ms, message.id"
        ),
        adjustments: all!(
            "SELECT assessment.year, one.points, one.reason, one.given_at_ms, one.ended_at_ms
             FROM assessment_adjustment AS one JOIN assessment ON assessment.id = one.assessment_id
             WHERE one.person_id = $1 ORDER BY one.given_at_ms, one.id"
        ),
        entered_marks: all!(
            "SELECT assessment.year, one.list, one.points, one.full_points, one.source, one.given_at_ms, one.ended_at_ms
             FROM assessment_mark AS one JOIN assessment ON assessment.id = one.assessment_id
             WHERE one.person_id = $1 ORDER BY one.given_at_ms, one.id"
        ),
        sessions: all!(
            "SELECT created_at_ms, seen_at_ms FROM session WHERE person_id = $1 ORDER BY created_at_ms, token_hash"
        ),
    })
}

//! Views of tests: the announcement for members, the list, making one, managing one.

mod announce;
mod form;
mod manage;
mod notice;
mod trial;

pub use announce::{Announcement, announcement, refusal};
pub use form::{AsFile, Purpose, Shown, form, longer};
pub(in crate::web::views) use manage::reason;
pub use manage::{Managed, close_check, definition_text, draw_check, manage, tests};
pub use notice::notice_page;
pub use trial::{Back, trial};

use crate::service::tests::Test;
use crate::web::words::Words;
use maud::{Markup, html};

/// Where a test stands, as a small tag.
pub fn state_tag(words: Words, test: &Test, now_ms: i64) -> Markup {
    let (colour, id) = if test.row.cancelled_reason.is_some() {
        ("none", "state-cancelled")
    } else if now_ms < test.definition.opens_at_ms {
        ("none", "state-coming")
    } else if now_ms < test.definition.closes_at_ms {
        ("warn", "state-open")
    } else if test.row.finished_at_ms.is_some() {
        ("good", "state-final")
    } else {
        ("none", "state-closed")
    };
    html! { span class={ "tag " (colour) } { (words.t(id)) } }
}

//! View of a file of questions that is kept until it is loaded: what is still wrong, and every question as it was read.

use super::super::question::opening;
use super::{on_paper, one, pager};
use crate::i18n::{self, Described};
use crate::limits;
use crate::rules::bank::Problem;
use crate::service::banks::kept::{FIRST, Item, Kept, Looked, Named, Standing};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::Value;

/// How much of a question that can't be shown tells it from others, in letters as wide as Latin ones.
const MOST_WIDE: usize = 160;

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The file.
    pub kept: &'a Kept,
    /// What stands in it.
    pub looked: &'a Looked,
    /// The first of the questions that are listed, from 0.
    pub from: usize,
    /// Whether questions are shown as on a member's paper, without keys.
    pub as_member: bool,
    /// Why something was refused.
    pub refused: Option<Described>,
}

/// The address of a file.
pub fn address(id: &str) -> String {
    format!("/question-files/{id}")
}

/// Files that wait to be loaded, for the list of banks.
pub fn waiting(words: Words, files: &[Named]) -> Markup {
    html! {
        @if !files.is_empty() {
            section.card {
                h2 { (words.t("kept-files")) }
                ul.plain.rows { @for file in files { li {
                    a href=(address(&file.id)) { (file.file) } " " span.muted.small { (words.moment(file.sent_at_ms)) }
                } } }
            }
        }
    }
}

/// What can be done with a file that was looked at.
pub fn next(words: Words, id: &str, is_sound: bool) -> Markup {
    html! {
        p.actions {
            a.button href=(address(id)) { (words.t(if is_sound { "kept-look" } else { "kept-mend" })) }
        }
        p.muted { (words.t(if is_sound { "kept-look-help" } else { "kept-mend-help" })) }
    }
}

/// The whole page.
pub fn kept(words: Words, shown: &Shown<'_>) -> Markup {
    let (kept, looked) = (shown.kept, shown.looked);
    let file = &kept.reading.file;
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks"))], file))
        h1 { (file) }
        @if let Some(refused) = &shown.refused { (summary(&refused.what, &refused.remedy, None)) }
        (state(words, shown))
        (to_mend(words, looked, &kept.id))
        (remarks(words, looked))
        (all(words, shown))
    }
}

fn state(words: Words, shown: &Shown<'_>) -> Markup {
    let (looked, faulty) = (shown.looked, shown.looked.faulty());
    let left_out = looked.items.iter().filter(|item| item.standing == Standing::LeftOut).count();
    html! {
        section.card {
            dl.facts {
                dt { (words.t("bank")) } dd { @if let Some(title) = &looked.title { (words.of(title)) " " } code.muted { (looked.name) } }
                dt { (words.t("questions")) } dd { (looked.items.len() - left_out) }
                @if left_out > 0 { dt { (words.t("kept-left-out")) } dd { (left_out) } }
            }
            @if looked.is_sound() { (notice("good", &words.t("kept-sound"))) }
            @else if faulty > 0 { (notice("warn", &words.with("kept-faulty", &[("count", count(faulty))]))) }
            @if !looked.problems.is_empty() {
                (notice("warn", &words.t("kept-elsewhere")))
                (problems(words, &looked.problems))
            }
            form method="post" action=(address(&shown.kept.id)) {
                @if looked.is_sound() {
                    p { label.check { input type="checkbox" name="shared" value="1" checked[shown.kept.shared]; " " (words.t("bank-shared")) } }
                }
                p.actions {
                    @if looked.is_sound() { button.button name="action" value="load" { (words.t("bank-load-do")) } }
                    button.button.quiet name="action" value="forget" { (words.t("kept-forget")) }
                }
            }
        }
    }
}

fn problems(words: Words, problems: &[Problem]) -> Markup {
    html! {
        ul { @for problem in problems {
            @let told = i18n::problem(words.0, problem);
            li {
                @match &problem.origin {
                    Some(origin) => span.muted { (i18n::origin(words.0, origin)) " " },
                    None => { code.muted.small { (problem.pointer.strip_prefix(FIRST).unwrap_or(&problem.pointer)) } " " }
                }
                (told.what) " " span.muted { (told.remedy) }
            }
        } }
    }
}

fn to_mend(words: Words, looked: &Looked, id: &str) -> Markup {
    let faulty: Vec<&Item> = looked.items.iter().filter(|item| !item.problems.is_empty()).collect();
    html! {
        @if !faulty.is_empty() {
            h2.part-title { (words.t("kept-to-mend")) }
            @for item in faulty.iter().take(limits::PAGE) {
                article.card {
                    (heading(words, item))
                    (problems(words, &item.problems))
                    (acts(words, item, id))
                }
            }
            @if faulty.len() > limits::PAGE { p.muted { (words.with("problems-more", &[("count", count(faulty.len() - limits::PAGE))])) } }
        }
    }
}

/// Which question it is: its number, its id, where it stands, and how it begins.
fn heading(words: Words, item: &Item) -> Markup {
    let stem = match item.written.get("stem") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(each)) => {
            let versions: Vec<&str> = each.values().filter_map(Value::as_str).collect();
            versions.first().map(|text| (*text).to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    html! {
        p {
            span.muted.small {
                (words.with("kept-number", &[("number", count(item.number + 1))]))
                @if let Some(id) = item.written.get("id").and_then(Value::as_str) { " · " code { (id) } }
                @if let Some(origin) = &item.origin { " · " (i18n::origin(words.0, origin)) }
                @match item.standing {
                    Standing::Sent => {}
                    Standing::Mended => { " " span.tag.good { (words.t("kept-mended")) } }
                    Standing::LeftOut => { " " span.tag.none { (words.t("kept-left-out")) } }
                }
            }
            @if item.question.is_none() && !stem.is_empty() { br; (opening(&stem, MOST_WIDE)) }
        }
    }
}

fn acts(words: Words, item: &Item, id: &str) -> Markup {
    html! {
        form.actions.noprint method="post" action=(address(id)) {
            input type="hidden" name="number" value=(item.number + 1);
            input type="hidden" name="seen" value=(item.version);
            @if item.standing != Standing::LeftOut {
                a.button.quiet href={ (address(id)) "/" (item.number + 1) } { (words.t("question-change")) }
                button.button.quiet name="action" value="leave-out" { (words.t("kept-leave-out")) }
            }
            @if item.standing != Standing::Sent { button.button.quiet name="action" value="restore" { (words.t("kept-restore")) } }
        }
    }
}

fn remarks(words: Words, looked: &Looked) -> Markup {
    html! {
        @if !looked.remarks.is_empty() {
            details.card {
                summary { (words.with("remarks", &[("count", count(looked.remarks.len()))])) }
                ul.plain.rows { @for remark in looked.remarks.iter().take(2 * limits::PAGE) {
                    li { span.muted { (i18n::origin(words.0, &remark.origin)) " " } (i18n::remark(words.0, remark)) }
                } }
                @if looked.remarks.len() > 2 * limits::PAGE { p.muted { (words.with("problems-more", &[("count", count(looked.remarks.len() - 2 * limits::PAGE))])) } }
            }
        }
    }
}

fn all(words: Words, shown: &Shown<'_>) -> Markup {
    // What is to be mended stands above.
    let items: Vec<&Item> = shown.looked.items.iter().filter(|item| item.problems.is_empty()).collect();
    let own = address(&shown.kept.id);
    let here = |as_member: bool| if as_member { format!("{own}?as_member=true") } else { own.clone() };
    let signed = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    html! {
        div.head #questions {
            h2 { (words.t("kept-all")) } span.grow {}
            a.button.quiet href={ (here(!shown.as_member)) "#questions" } { (words.t(if shown.as_member { "bank-with-keys" } else { "bank-as-member" })) }
        }
        @for item in items.iter().skip(shown.from).take(limits::PAGE) {
            (heading(words, item))
            @match &item.question {
                Some(question) if shown.as_member => {
                    @let position = i64::try_from(item.number + 1).unwrap_or(i64::MAX);
                    (super::super::exam::question(words, (position, &on_paper(question)), (&Value::Null, &Value::Null), None, &html! {}))
                }
                Some(question) => (one(words, &shown.looked.topics, question, None)),
                None => {}
            }
            @for lint in &item.lints { @let told = i18n::lint(words.0, lint); (notice("warn", &format!("{} {}", told.what, told.remedy))) }
            (acts(words, item, &shown.kept.id))
        }
        (pager(words, &here(shown.as_member), "from", signed(shown.from), signed(items.len())))
    }
}

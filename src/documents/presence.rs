//! Who was absent, on leave, not required or disqualified, with the reason; corrections; and objections: lists for the archive.

use super::question::change;
use crate::formats::sheet::write_csv;
use crate::i18n::words::Words;
use crate::service::archives::Archived;
use crate::service::corrections::Correction;
use crate::service::objections::{Listed, Objected};
use crate::service::registers::Register;

/// Everybody of the test with attendance and, where somebody set it, the reason.
pub(super) fn csv(words: Words, register: &Register) -> Vec<u8> {
    let heading = ["branch", "name", "category", "presence-title", "reason"].map(|id| words.t(id));
    let row = |member: &crate::service::tests::Member| {
        [
            member.branch.name.clone(),
            member.person.name.clone(),
            member.person.category.clone(),
            words.t(&format!("presence-{}", member.presence.name())),
            member.reason.clone().unwrap_or_default(),
        ]
    };
    write_csv(std::iter::once(heading).chain(register.members().map(row)))
}

/// Corrections in their order: what was changed, why, by whom.
pub(super) fn corrections_csv(words: Words, archived: &Archived) -> Vec<u8> {
    let heading = [
        "register-number",
        "correction-time",
        "bank",
        "items-question",
        "correction-change",
        "reason",
        "correction-proposer",
        "correction-decider",
        "correction-state",
        "correction-changed-count",
    ]
    .map(|id| words.t(id));
    let said = |one: &Correction| {
        let shows_key = one.change.key().is_none() || archived.keys_of.contains(&one.row.bank);
        if shows_key { change(words, &one.change) } else { words.t(&format!("correction-told-{}", one.change.name())) }
    };
    let by = |name: &str| if name.is_empty() { words.t("correction-operator") } else { name.to_owned() };
    let row = |one: &Correction| {
        [
            one.row.number.to_string(),
            words.moment(one.row.proposed_at_ms),
            one.row.bank.clone(),
            one.row.question.clone(),
            said(one),
            one.row.reason.clone(),
            by(&one.proposer),
            if one.row.decided_at_ms.is_some() { by(&one.decider) } else { String::new() },
            words.t(&format!("correction-{}", one.row.state)),
            one.changed.to_string(),
        ]
    };
    write_csv(std::iter::once(heading).chain(archived.corrections.iter().map(row)))
}

/// Objections question by question with their answers, without a name.
pub(super) fn objections_csv(words: Words, archived: &Archived) -> Vec<u8> {
    let heading = [
        "bank",
        "items-question",
        "branch",
        "objection-time",
        "objection-note",
        "objection-outcome",
        "objection-the-answer",
        "objection-answer-time",
    ]
    .map(|id| words.t(id));
    let row = |objected: &Objected, one: &Listed| {
        let outcome = match one.row.upheld {
            Some(true) => "objection-upheld",
            Some(false) => "objection-not-upheld",
            None => "objection-waits",
        };
        [
            objected.bank.clone(),
            objected.question.id.clone(),
            one.branch.name.clone(),
            words.moment(one.row.written_at_ms),
            one.row.note.clone(),
            words.t(outcome),
            one.row.answer.clone().unwrap_or_default(),
            one.row.answered_at_ms.map(|at| words.moment(at)).unwrap_or_default(),
        ]
    };
    let rows = archived.objections.iter().flat_map(|objected| objected.objections.iter().map(|one| row(objected, one)));
    write_csv(std::iter::once(heading).chain(rows))
}

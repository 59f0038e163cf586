//! Lists of a year on the terminal: who can be commended, who needs help, and the year before.

use crate::api::assessments::lists;
use crate::cli::words::Words;
use crate::documents::assessment::need;
use crate::rules::points::Points;
use crate::service::assessments::{Assessed, Candidate, Commended, Compared, MemberLine, ToHelp, signed_points};

fn shown(points: Option<Points>) -> String {
    points.map_or_else(|| "–".to_owned(), |points| points.to_string())
}

/// Who, where, with which place and result, between tabs.
fn who(line: &MemberLine) -> String {
    let rank = line.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    format!("{rank}\t{}\t{}\t{}\t{}", shown(line.outcome.total.ok()), line.branch.code, line.login, line.name)
}

fn member(assessed: &Assessed, index: usize) -> String {
    assessed.members.get(index).map(who).unwrap_or_default()
}

pub(super) fn commended(found: &Commended, json: bool, words: &Words) {
    if json {
        out!("{}", lists::document_of_commended(found));
        return;
    }
    out!("{}", words.say("cli-list-heading", &[]));
    let said = |one: &Candidate| match one.place {
        Some(place) => words.say(&format!("place-{}", place.name()), &[]),
        None => words.say("commended-close", &[]),
    };
    for one in found.members.iter().chain(&found.close) {
        out!("{}\t{}", member(&found.assessed, one.member), said(one));
    }
    for one in found.branches.iter().chain(&found.close_branches) {
        let name = one.line.branch.as_ref().map(|node| format!("{}\t{}", node.code, node.name)).unwrap_or_default();
        let place = match one.place {
            Some(place) => words.say(&format!("place-{}", place.name()), &[]),
            None => words.say("commended-close", &[]),
        };
        out!("{name}\t{}\t{place}", shown(one.line.figures.score));
    }
}

pub(super) fn to_help(found: &ToHelp, json: bool, words: &Words) {
    if json {
        out!("{}", lists::document_of_help(found));
        return;
    }
    out!("{}", words.say("to-help-inside", &[]));
    let of_documents = crate::i18n::words::Words(words.language);
    out!("{}", words.say("cli-list-heading", &[]));
    for one in &found.members {
        let needs = of_documents.list(one.needs.iter().map(|one| need(of_documents, *one)));
        out!("{}\t{needs}", member(&found.assessed, one.member));
    }
}

pub(super) fn compared(found: &Compared, json: bool, words: &Words) {
    if json {
        out!("{}", lists::document_of_compared(found));
        return;
    }
    let Some(last) = &found.last else {
        let year = (found.assessed.definition.year - 1).to_string();
        out!("{}", words.say("compared-nothing", &[("year", &year)]));
        return;
    };
    if !last.same_rules {
        out!("{}", words.say("compared-other-rules", &[]));
    }
    for one in &found.branches {
        let name = one.branch.as_ref().map(|node| format!("{}\t{}", node.code, node.name)).unwrap_or_default();
        let mean =
            |line: &Option<crate::service::assessments::BranchLine>| line.as_ref().and_then(|line| line.figures.mean);
        let shift = one.shift.map(|shift| words.say(&format!("shift-{}", shift.name()), &[])).unwrap_or_default();
        out!("{name}\t{}\t{}\t{shift}", shown(mean(&one.before)), shown(mean(&one.now)));
    }
    out!("{}", words.say("cli-list-heading", &[]));
    for one in &found.members {
        let now = found.assessed.members.get(one.member).and_then(|line| line.outcome.total.ok());
        let before = one.before.as_ref().and_then(|before| before.total);
        let change = now.zip(before).map(|(now, before)| signed_points(now.hundredths() - before.hundredths()));
        out!("{}\t{}\t{}", member(&found.assessed, one.member), shown(before), change.unwrap_or_default());
    }
}

//! The criteria of an assessment: who can be commended, and whom the committee wants to look after.

use super::MOST_NUMBER;
use crate::formats::json::Value;
use crate::formats::reader::{Fields, MOST_TITLE_CHARACTERS, Reader};
use crate::rules::assessment::WHOLE;
use crate::rules::assessment::commendation::{BranchCriteria, Commendation, MemberCriteria};
use crate::rules::assessment::help::HelpCriteria;
use crate::rules::points::Points;
use serde_json::{Map, json};

pub(super) const COMMEND: [&str; 2] = ["members", "branches"];
pub(super) const OF_MEMBERS: [&str; 7] =
    ["total", "component", "participation", "no_absence", "no_fail", "most", "most_percent"];
pub(super) const OF_BRANCHES: [&str; 7] = ["kind", "mean", "participation", "pass", "excellence", "members", "most"];
pub(super) const HELP: [&str; 3] = ["below", "fall", "absences"];

// A field that is wrong is noted and read as one that isn't there: a file with a note is never taken.

fn percent<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<Points> {
    fields.get(name).and_then(|value| reader.points(value, Points::ZERO..=WHOLE))
}

fn number<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> Option<u32> {
    fields.get(name).and_then(|value| reader.integer(value, 1..=MOST_NUMBER))
}

fn switch<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>, name: &str) -> bool {
    fields.get(name).and_then(|value| reader.boolean(value)).unwrap_or_default()
}

pub(super) fn commend<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Commendation> {
    let fields = reader.fields(value, &COMMEND)?;
    let members = fields.get("members").and_then(|value| members(reader, value));
    let branches = fields.get("branches").and_then(|value| branches(reader, value));
    Some(Commendation { members, branches })
}

fn members<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<MemberCriteria> {
    let fields = reader.fields(value, &OF_MEMBERS)?;
    Some(MemberCriteria {
        total: percent(reader, &fields, "total"),
        component: percent(reader, &fields, "component"),
        participation: percent(reader, &fields, "participation"),
        no_absence: switch(reader, &fields, "no_absence"),
        no_fail: switch(reader, &fields, "no_fail"),
        most: number(reader, &fields, "most"),
        most_percent: percent(reader, &fields, "most_percent"),
    })
}

fn branches<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<BranchCriteria> {
    let fields = reader.fields(value, &OF_BRANCHES)?;
    let kind = fields.get("kind").and_then(|value| reader.text(value, MOST_TITLE_CHARACTERS));
    Some(BranchCriteria {
        kind: kind.map(std::borrow::Cow::into_owned).filter(|kind| !kind.is_empty()),
        mean: percent(reader, &fields, "mean"),
        participation: percent(reader, &fields, "participation"),
        pass: percent(reader, &fields, "pass"),
        excellence: percent(reader, &fields, "excellence"),
        members: number(reader, &fields, "members"),
        most: number(reader, &fields, "most"),
    })
}

pub(super) fn help<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<HelpCriteria> {
    let fields = reader.fields(value, &HELP)?;
    let (below, fall) = (percent(reader, &fields, "below"), percent(reader, &fields, "fall"));
    Some(HelpCriteria { below, fall, absences: number(reader, &fields, "absences") })
}

/// Criteria as their file holds them: what isn't asked is left out.
fn asked(value: serde_json::Value) -> serde_json::Value {
    let serde_json::Value::Object(fields) = value else { return value };
    let is_asked = |value: &serde_json::Value| !value.is_null() && *value != json!(false);
    fields.into_iter().filter(|(_, value)| is_asked(value)).collect::<Map<_, _>>().into()
}

pub(super) fn write_commend(commend: &Commendation) -> serde_json::Value {
    let members = commend.members.as_ref().map(|criteria| asked(json!(criteria)));
    let branches = commend.branches.as_ref().map(|criteria| asked(json!(criteria)));
    asked(json!({ "members": members, "branches": branches }))
}

pub(super) fn write_help(help: &HelpCriteria) -> serde_json::Value {
    asked(json!(help))
}

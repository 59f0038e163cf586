//! Who took part in a test, branch by branch, for lists that are printed and signed; and the figures of every branch
//! below one, level by level.

use crate::app::App;
use crate::rules::figures::Scale;
use crate::rules::make_up::MadeUp;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result};
use crate::service::make_ups;
use crate::service::people::shown_login;
use crate::service::reports::{Category, Ground, Line, Report, lines_below, report_of};
use crate::service::tests::{Member, Test, find, list_presence};
use crate::store::trace;
use std::collections::HashMap;

/// The members of a branch itself, without those below.
#[derive(Debug, Clone)]
pub struct Part {
    /// The branch.
    pub branch: Node,
    /// Its members in the official order.
    pub members: Vec<Member>,
}

/// Everybody of a test below a branch.
#[derive(Debug, Clone)]
pub struct Register {
    /// The test.
    pub test: Test,
    /// The branch; `None`: the whole unit.
    pub top: Option<Node>,
    /// Whether nothing can change any more but by an amendment.
    pub is_final: bool,
    /// Full marks and lines.
    pub scale: Scale,
    /// What make-ups earned, by person; `None` where there are none.
    pub make_ups: Option<HashMap<String, MadeUp>>,
    /// Branches that have members in it, in the official order.
    pub parts: Vec<Part>,
    /// The head of the chain of changes when it was made.
    pub trace_head: String,
}

impl Register {
    /// Leaves members of a category only.
    pub fn narrow(&mut self, category: &str) {
        for part in &mut self.parts {
            part.members.retain(|member| member.person.category == category);
        }
    }

    /// Everybody, branch by branch.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.parts.iter().flat_map(|part| &part.members)
    }
}

/// The register of a test for a branch (by code), or for the caller's highest.
pub async fn register(app: &App, caller: &Caller, name: &str, branch: Option<&str>) -> Result<Register> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    if !standing.reads_report {
        return Err(Error::Forbidden(Some(Role::Committee)));
    }
    let ground = Ground::of(&mut tx, &test).await?;
    let top = ground.top(caller, branch)?;
    let trace_head = trace::head(&mut tx).await?.1;
    let has_make_ups = !make_ups::of(&mut tx, &test).await?.is_empty();
    let make_ups = if has_make_ups { Some(make_ups::earned_of(&mut tx, &test).await?) } else { None };
    drop(tx);
    let mut by_branch: HashMap<String, Part> = HashMap::new();
    let mut waits = false;
    for mut member in list_presence(app, caller, name).await? {
        if top.as_ref().is_some_and(|top| !ground.tree.is_within(&member.branch.id, &top.id)) {
            continue;
        }
        member.person.login = shown_login(&member.person.login, caller);
        waits |= member.waits();
        let part = by_branch
            .entry(member.branch.id.clone())
            .or_insert_with(|| Part { branch: member.branch.clone(), members: Vec::new() });
        part.members.push(member);
    }
    let mut parts: Vec<Part> = Vec::new();
    for (_, node) in ground.tree.walk() {
        parts.extend(by_branch.remove(&node.id));
    }
    Ok(Register {
        is_final: test.row.finished_at_ms.is_some() && !waits,
        scale: test.definition.scale(),
        test,
        top,
        make_ups,
        parts,
        trace_head,
    })
}

/// The figures of a branch, and of those below it.
#[derive(Debug, Clone)]
pub struct Levels {
    /// The report of the branch.
    pub report: Report,
    /// Level by level below it, from the top: each line with the branch right above.
    pub below: Vec<Vec<(Option<Node>, Line)>>,
}

/// The report of a test for a branch, with every level below it; narrowed to a category where one is given.
pub async fn levels(
    app: &App,
    caller: &Caller,
    name: &str,
    (branch, category): (Option<&str>, Option<&str>),
) -> Result<Levels> {
    let top = report_of(app, caller, name, (branch, category)).await?;
    let mut tx = app.db.read().await?;
    let ground = Ground::of(&mut tx, &top.test).await?;
    let figures = match category {
        Some(category) => {
            let mut category = Category::find(&mut tx, category).await?;
            Some(category.figures(app, &mut tx, (&top.test, &ground), false).await?)
        }
        None => None,
    };
    let mut level: Vec<(Option<Node>, Line)> =
        top.children.iter().map(|line| (top.line.branch.clone(), line.clone())).collect();
    let mut below = Vec::new();
    while !level.is_empty() {
        let parents = level.iter().filter(|(_, line)| !line.direct).filter_map(|(_, line)| line.branch.as_ref());
        let parents: Vec<&Node> = parents.filter(|node| !ground.tree.children(Some(&node.id)).is_empty()).collect();
        let lines = lines_below(&mut tx, (caller, &top.test), &ground, &parents, figures.as_deref()).await?;
        let next = parents.iter().zip(lines);
        let next = next.flat_map(|(node, lines)| lines.into_iter().map(|line| (Some((*node).clone()), line))).collect();
        below.push(std::mem::replace(&mut level, next));
    }
    Ok(Levels { report: top, below })
}

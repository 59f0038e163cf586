//! A make-up made from a settled test: the same blueprint for those who were absent, on leave or failed, each once.

use super::basis::may_make_up;
use super::compose::{Known, check, create};
use super::{Test, audience_area, basis, find, list_presence, pool};
use crate::app::App;
use crate::formats::test_json;
use crate::rules::blueprint::{Audience, Definition, Keep, Occasion, Review, minutes_ms, moved_ahead};
use crate::rules::draw::Pool;
use crate::rules::make_up::{MakeUpOf, Need};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::{EachLanguage, Language, NAME_CHARACTERS, Text};
use crate::rules::tree::Tree;
use crate::service::error::{Error, Result};
use crate::service::make_ups;
use crate::service::people::{shown_login, tree};
use crate::service::tests::Member;
use crate::store::db::Tx;
use crate::store::tests::{self, AudienceRow};
use crate::store::{basis as stored, presence};
use std::collections::{HashMap, HashSet};

/// What somebody asks of a make-up; what is `None` is as usual.
#[derive(Debug, Clone, Default)]
pub struct MakeUpAsked {
    /// Its name.
    pub name: Option<String>,
    /// When it opens, Unix milliseconds.
    pub opens_at_ms: Option<i64>,
    /// When it closes.
    pub closes_at_ms: Option<i64>,
    /// Most that it counts, in percent.
    pub cap: Option<Points>,
    /// Who takes it; everybody who needs one where `None`.
    pub who: Option<Vec<Need>>,
    /// Whether keys of the first test stay closed until it is over.
    pub holds_review: bool,
}

/// How far papers of a make-up can avoid the questions of the first test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Repeats {
    /// Questions that may be drawn.
    pub candidates: usize,
    /// Of these, questions that stood on papers of the first test.
    pub drawn_before: usize,
    /// Questions of a paper.
    pub questions: u32,
    /// Of these, at least so many that stood on papers of the first test.
    pub at_least: usize,
}

impl Repeats {
    fn new(pool: &Pool, drawn: &HashSet<usize>) -> Self {
        let all: HashSet<usize> = pool.cells().iter().flat_map(|cell| cell.candidates.iter().copied()).collect();
        let short = |cell: &crate::rules::draw::Cell| {
            let fresh = cell.candidates.iter().filter(|candidate| !drawn.contains(candidate)).count();
            usize::try_from(cell.need).unwrap_or_default().saturating_sub(fresh)
        };
        Self {
            candidates: all.len(),
            drawn_before: all.intersection(drawn).count(),
            questions: pool.cells().iter().map(|cell| cell.need).sum(),
            at_least: pool.cells().iter().map(short).sum(),
        }
    }
}

/// A make-up as it would be made.
#[derive(Debug, Clone)]
pub struct MakeUpPlan {
    /// The test it makes up for.
    pub first: Test,
    /// Its definition.
    pub definition: Definition,
    /// Who takes it, and why.
    pub people: Vec<(Member, Need)>,
    /// How many need one and can't take it: they don't stand any more where the caller organizes.
    pub elsewhere: usize,
    /// How many have one already.
    pub already: usize,
    /// How many of the caller's members need one for each reason, whoever is asked for.
    pub needs: Vec<(Need, usize)>,
    /// What papers can avoid.
    pub repeats: Repeats,
}

/// Plans a make-up of a settled test, changing nothing.
pub async fn plan_make_up(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    asked: &MakeUpAsked,
) -> Result<MakeUpPlan> {
    let members = list_presence(app, caller, name).await;
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let (first, _) = find(&mut tx, caller, name).await?;
    refuse_unfit(&mut tx, caller, &tree, &first).await?;
    let audience = audience(&mut tx, caller, &tree, &first).await?;
    let found = needing(&mut tx, (caller, &tree), &first, &audience, members?).await?;
    let who = asked.who.clone().unwrap_or_else(|| Need::ALL.to_vec());
    let count = |need: Need| (need, found.people.iter().filter(|(_, why)| *why == need).count());
    let needs: Vec<(Need, usize)> = Need::ALL.into_iter().map(count).collect();
    let people: Vec<(Member, Need)> = found.people.into_iter().filter(|(_, why)| who.contains(why)).collect();
    let name = match asked.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => free_name(&mut tx, &first.row.name).await?,
    };
    let logins = people.iter().map(|(member, _)| key(member, caller)).collect();
    let mut definition = definition(&first.definition, name, Audience { members: logins, ..audience }, (asked, now_ms));
    drop(tx);
    let drawn_before = basis::drawn_before(app, &definition).await?;
    let mut tx = app.db.read().await?;
    let known = Known { drawn_before, ..Known::default() };
    let drawn: HashSet<basis::Named> = known.drawn_before.iter().cloned().collect();
    let checked = check(&mut tx, caller, &mut definition, &known).await?;
    let repeats = Repeats::new(&checked.pool, &basis::among(&checked.pool, &checked.pinned, &drawn));
    Ok(MakeUpPlan { first, definition, people, elsewhere: found.elsewhere, already: found.already, needs, repeats })
}

/// Makes a make-up of a settled test, as any other test is made.
pub async fn make_up(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    asked: &MakeUpAsked,
) -> Result<(MakeUpPlan, Test)> {
    let plan = plan_make_up(app, caller, now_ms, name, asked).await?;
    if plan.people.is_empty() {
        return Err(Error::Invalid { field: "who", expected: "make-up-nobody" });
    }
    let file = test_json::write(&plan.definition).to_string();
    let test = create(app, caller, now_ms, file.as_bytes()).await?;
    Ok((plan, test))
}

/// How far papers of a make-up can avoid the questions of the first test; `None` of another test.
pub async fn repeats(app: &App, test: &Test) -> Result<Option<Repeats>> {
    if test.definition.make_up_of.is_none() {
        return Ok(None);
    }
    let pool = pool(app, &mut app.db.read().await?, test).await?;
    Ok(Some(Repeats::new(&pool.0, &pool.2.drawn)))
}

/// Whether the caller may make a make-up of a test now.
pub async fn may_be_made_up(app: &App, caller: &Caller, first: &Test) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    may_make_up(&mut tx, caller, &tree, first).await
}

async fn refuse_unfit(tx: &mut Tx, caller: &Caller, tree: &Tree, first: &Test) -> Result<()> {
    if may_make_up(tx, caller, tree, first).await? {
        return Ok(());
    }
    let is_other = first.definition.make_up_of.is_some() || first.definition.occasion == Occasion::Practice;
    Err(match &first.row.cancelled_reason {
        Some(reason) => Error::Cancelled { reason: reason.clone() },
        None if is_other => Error::Invalid { field: "test", expected: "make-up-first" },
        None if first.row.finished_at_ms.is_none() => Error::TestNotOver,
        None => Error::Forbidden(Some(Role::Organizer)),
    })
}

/// The part of a test's audience that the caller organizes: its own branches, or those below them.
async fn audience(tx: &mut Tx, caller: &Caller, tree: &Tree, first: &Test) -> Result<Audience> {
    let (mut branches, mut except) = (Vec::new(), Vec::new());
    let organizes = |id: &str| caller.covers(Role::Organizer, Some(id), tree);
    for AudienceRow { branch_id, excepted } in tests::audience(tx, &first.row.id).await? {
        let Some(node) = tree.get(&branch_id) else { continue };
        if excepted {
            except.push(node.code.clone());
        } else if organizes(&branch_id) {
            branches.push(node.code.clone());
        } else {
            let own = caller.places(Role::Organizer).flatten().filter(|place| tree.is_within(place, &branch_id));
            branches.extend(own.filter_map(|place| tree.get(place)).map(|node| node.code.clone()));
        }
    }
    branches.sort();
    branches.dedup();
    Ok(Audience { branches, except, members: Vec::new() })
}

/// Who needs a make-up.
struct Needing {
    people: Vec<(Member, Need)>,
    elsewhere: usize,
    already: usize,
}

async fn needing(
    tx: &mut Tx,
    (caller, tree): (&Caller, &Tree),
    first: &Test,
    audience: &Audience,
    members: Vec<Member>,
) -> Result<Needing> {
    let rows: Vec<AudienceRow> = [(&audience.branches, false), (&audience.except, true)]
        .into_iter()
        .flat_map(|(codes, excepted)| codes.iter().map(move |code| (code, excepted)))
        .filter_map(|(code, excepted)| Some(AudienceRow { branch_id: tree.by_code(code)?.id.clone(), excepted }))
        .collect();
    let branches = audience_area(tree, &rows);
    let today: HashMap<String, String> =
        presence::members(tx).await?.into_iter().map(|member| (member.person_id, member.branch_id)).collect();
    let stands = |id: &String| {
        today.get(id).is_some_and(|at| branches.contains(at) && caller.covers(Role::Organizer, Some(at), tree))
    };
    let mut have: HashSet<String> = HashSet::new();
    for test in make_ups::of(tx, first).await? {
        have.extend(stored::members(tx, &test.row.id).await?);
    }
    let mut found = Needing { people: Vec::new(), elsewhere: 0, already: 0 };
    let scale = first.definition.scale();
    for member in members {
        let Some(need) = Need::of(member.presence, member.counted_score(), scale) else { continue };
        if have.contains(&member.person.id) {
            found.already += 1;
        } else if stands(&member.person.id) {
            found.people.push((member, need));
        } else {
            found.elsewhere += 1;
        }
    }
    Ok(found)
}

/// What names a member in a file: the login, or the id where the login is for others to see in part only.
fn key(member: &Member, caller: &Caller) -> String {
    let login = &member.person.login;
    if shown_login(login, caller) == *login { login.clone() } else { member.person.id.clone() }
}

/// `monthly-make-up`, or the next that is free.
async fn free_name(tx: &mut Tx, first: &str) -> Result<String> {
    for number in 1_u32.. {
        let end = if number == 1 { "-make-up".to_owned() } else { format!("-make-up-{number}") };
        let start: String = first.chars().take(NAME_CHARACTERS - end.len()).collect();
        let name = format!("{start}{end}");
        if tests::find(tx, &name).await?.is_none() {
            return Ok(name);
        }
    }
    Ok(first.to_owned())
}

/// The first test once more for others, at another time. Without times given it is moved ahead by whole weeks.
fn definition(
    first: &Definition,
    name: String,
    audience: Audience,
    (asked, now_ms): (&MakeUpAsked, i64),
) -> Definition {
    let (opens, closes) = moved_ahead(first.opens_at_ms, first.closes_at_ms, now_ms);
    // A first test that was closed by hand may have been short, and seldom ended on a whole minute.
    let opens = opens - opens.rem_euclid(minutes_ms(1));
    let closes = (closes - closes.rem_euclid(minutes_ms(1))).max(opens + minutes_ms(first.minutes));
    let title = |language: Language, end: &str| Some(format!("{}{end}", first.title.in_language(language)));
    Definition {
        test: name,
        title: Text::Each(EachLanguage {
            zh: title(Language::Zh, "（补考）"), en: title(Language::En, " (make-up)")
        }),
        occasion: Occasion::MakeUp,
        audience,
        opens_at_ms: asked.opens_at_ms.unwrap_or(opens),
        closes_at_ms: asked.closes_at_ms.unwrap_or(closes),
        attempts: 1,
        keep: Keep::Best,
        review: if first.review == Review::Never { Review::Never } else { Review::AfterClose },
        make_up_of: Some(MakeUpOf { test: first.test.clone(), cap: asked.cap, holds_review: asked.holds_review }),
        sample: None,
        ..first.clone()
    }
}

//! Who is due, where, and in which state, against a second account of it kept beside: contract section 3.

use crate::support::{MINUTE, World, definition};
use axum::http::Method;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

const CASES: usize = 16;
const PEOPLE: usize = 5;
/// The audience is A without A2; B1 and A2 lie outside.
const PLACES: [&str; 4] = ["A", "A1", "A2", "B1"];
const STATES: [&str; 4] = ["excused", "exempt", "disqualified", "absent"];

/// Something that happens to one person.
#[derive(Debug, Clone)]
enum Event {
    Move(usize, usize),
    Leave(usize),
    Start(usize),
    Submit(usize),
    Set(usize, usize),
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    let person = || 0..PEOPLE;
    prop_oneof![
        4 => (person(), 0..PLACES.len()).prop_map(|(person, place)| Event::Move(person, place)),
        1 => person().prop_map(Event::Leave),
        4 => person().prop_map(Event::Start),
        3 => person().prop_map(Event::Submit),
        2 => (person(), 0..STATES.len()).prop_map(|(person, state)| Event::Set(person, state)),
        1 => proptest::strategy::Just(Event::Restart),
    ]
}

fn is_inside(place: Option<&str>) -> bool {
    matches!(place, Some("A" | "A1"))
}

/// One person in the second account.
#[derive(Debug, Clone, Default)]
struct Person {
    place: Option<&'static str>,
    /// Where each attempt was started, and whether it is finished.
    attempts: Vec<(&'static str, bool)>,
    set: Option<&'static str>,
}

impl Person {
    fn is_sat(&self) -> bool {
        self.attempts.iter().any(|(_, finished)| *finished)
    }

    /// Where the person counts, if at all.
    fn counts_at(&self) -> Option<&'static str> {
        let stands = self.place.filter(|place| is_inside(Some(place)));
        if stands.is_none() && !self.is_sat() {
            return None;
        }
        self.attempts.first().map(|(place, _)| *place).or(stands)
    }

    fn state(&self) -> &'static str {
        match self.set {
            Some(state @ ("exempt" | "disqualified")) => state,
            _ if self.is_sat() => "sat",
            Some("excused") => "excused",
            _ => "absent",
        }
    }
}

type Account = BTreeMap<String, (String, String)>;

fn account(people: &[Person]) -> Account {
    let line = |(index, person): (usize, &Person)| {
        let place = person.counts_at()?;
        Some((format!("p{index}"), (place.to_owned(), person.state().to_owned())))
    };
    people.iter().enumerate().filter_map(line).collect()
}

async fn told(world: &World) -> Account {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let org = world.token("org").await;
    let members = world.get("/api/v1/tests/t/presence", &org).await.good();
    let line = |member: &Value| (text(&member["login"]), (text(&member["branch"]), text(&member["state"])));
    members.as_array().unwrap().iter().map(line).collect()
}

/// The counts of the report at a branch must be those of the account.
async fn check(world: &World, people: &[Person], what: &str) {
    let meant = account(people);
    assert_eq!(told(world).await, meant, "{what}");
    let org = world.token("org").await;
    for (top, below) in [("HQ", &["A", "A1"][..]), ("A", &["A", "A1"]), ("A1", &["A1"])] {
        let branch = world.get(&format!("/api/v1/tests/t/report?branch={top}"), &org).await.good()["branch"].clone();
        let here: Vec<&str> = meant
            .values()
            .filter(|(place, _)| below.contains(&place.as_str()))
            .map(|(_, state)| state.as_str())
            .collect();
        let count = |state: &str| here.iter().filter(|known| **known == state).count();
        for state in ["sat", "absent", "excused", "exempt", "disqualified"] {
            assert_eq!(branch[state], json!(count(state)), "{what}: {top} {state}");
        }
        assert_eq!(branch["due"], json!(here.len() - count("exempt")), "{what}: {top}");
    }
}

async fn world() -> (World, Vec<Person>) {
    let world = World::new().await;
    world.load_bank().await;
    let mut roster = String::from(
        "login,name,branch,role,active\nm1,王一,A1,member,no\nm2,王二,A1,member,no\nm3,王三,A2,member,no\n",
    );
    let people = vec![Person { place: Some("A1"), ..Person::default() }; PEOPLE];
    for index in 0..PEOPLE {
        let _ = writeln!(roster, "p{index},p{index},A1,member,yes");
    }
    load(&world, roster).await;
    let logins: Vec<String> = (0..PEOPLE).map(|index| format!("p{index}")).collect();
    world.give_passwords(logins.iter().map(String::as_str)).await;
    let audience = json!({ "branches": ["A"], "except": ["A2"] });
    world.make(&definition("t", json!({ "audience": audience, "attempts": 3 }))).await;
    (world, people)
}

async fn load(world: &World, roster: String) {
    let admin = world.token("admin").await;
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), roster).await.good();
}

async fn happen(world: World, people: &mut [Person], event: &Event) -> World {
    match *event {
        Event::Restart => return world.restarted().await,
        Event::Move(index, place) => {
            load(&world, format!("login,name,branch\np{index},p{index},{}\n", PLACES[place])).await;
            people[index].place = Some(PLACES[place]);
        }
        Event::Leave(index) => {
            let place = people[index].place.unwrap_or("A1");
            load(&world, format!("login,name,branch,active\np{index},p{index},{place},no\n")).await;
            people[index].place = None;
        }
        Event::Start(index) => {
            let token = world.token(&format!("p{index}")).await;
            let answer = world.post("/api/v1/tests/t/attempts", &token, json!({})).await;
            let person = &mut people[index];
            let is_open = person.attempts.last().is_some_and(|(_, finished)| !finished);
            let may = is_inside(person.place) && person.attempts.len() < 3;
            assert_eq!(answer.status.is_success(), is_open || may, "{person:?}: {answer:?}");
            if !is_open && may {
                person.attempts.push((person.place.unwrap(), false));
            }
        }
        Event::Submit(index) => {
            let Some((_, finished @ false)) = people[index].attempts.last_mut() else { return world };
            let token = world.token(&format!("p{index}")).await;
            let attempt = world.start(&token).await["attempt"].as_str().unwrap().to_owned();
            world.submit(&token, &attempt).await.good();
            *finished = true;
        }
        Event::Set(index, state) => {
            let (state, counts) = (STATES[state], people[index].counts_at().is_some());
            let org = world.token("org").await;
            let path = format!("/api/v1/tests/t/presence/p{index}");
            let answer = world.put(&path, &org, json!({ "state": state, "reason": "because" })).await;
            assert_eq!(answer.status.as_u16(), if counts { 204 } else { 404 }, "{answer:?}");
            if counts {
                people[index].set = Some(state).filter(|state| *state != "absent");
            }
        }
    }
    world
}

#[tokio::test]
async fn everyone_counts_once_where_they_stood() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for case in 0..CASES {
        let events = proptest::collection::vec(event(), 10..30).new_tree(&mut runner).unwrap().current();
        let (mut world, mut people) = world().await;
        for (step, event) in events.iter().enumerate() {
            world = happen(world, &mut people, event).await;
            if step % 5 == 0 {
                check(&world, &people, &format!("case {case} after {:?}", &events[..=step])).await;
            }
        }
        check(&world, &people, &format!("case {case} after {events:?}")).await;
        // At the closing every open attempt is finished, and who is due is frozen.
        if case % 2 == 0 {
            let org = world.token("org").await;
            world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
        } else {
            world.pass(120 * MINUTE).await;
        }
        for person in &mut people {
            person.attempts.iter_mut().for_each(|(_, finished)| *finished = true);
        }
        check(&world, &people, &format!("case {case}, closed, after {events:?}")).await;
        for index in 0..PEOPLE {
            world = happen(world, &mut people.clone(), &Event::Move(index, (case + index) % PLACES.len())).await;
        }
        check(&world, &people, &format!("case {case}, long after, {events:?}")).await;
    }
}

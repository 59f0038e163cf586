//! Questions to order and to match: by finger, by the keyboard alone, by the mouse, and where no script runs.

use crate::hands::{Hands, Person};
use crate::stage::Stage;
use serde_json::{Value, json};
use thirtyfour::By;

const KINDS: &str = include_str!("../fixtures/kinds.json");
const STEPS: [&str; 4] = ["apply", "be named an activist", "be admitted on probation", "become a full member"];
const MEETINGS: [(&str, &str); 3] =
    [("branch meeting", "once a quarter"), ("group meeting", "once a month"), ("party lecture", "at regular times")];

/// Somebody before the paper of a test with each of these kinds, and the attempt.
async fn before_the_paper(hands: Hands, width: u32) -> (Person, String) {
    before_a_paper_of(hands, width, &["order", "match", "numeric"]).await
}

async fn before_a_paper_of(hands: Hands, width: u32, kinds: &[&str]) -> (Person, String) {
    let section = |kind: &&str| json!({ "kind": kind, "points": 3, "draw": [{ "bank": "kinds", "count": 1 }] });
    let test = json!({ "test": "kinds", "title": "All kinds", "markers": if kinds == ["essay"] { 2 } else { 1 },
        "sections": kinds.iter().map(section).collect::<Vec<_>>() });
    Person::before_a_paper(hands, width, KINDS, test).await
}

/// The label of what reads `text` in a list of a question.
async fn label(stage: &Stage, attempt: &str, position: usize, list: &str, text: &str) -> String {
    let paper = stage.api("m001", &format!("/attempts/{attempt}")).await;
    let options = paper["sections"][position - 1]["questions"][0][list].as_array().unwrap().clone();
    options.iter().find(|one| one["text"]["en"] == text).unwrap()["label"].as_str().unwrap().to_owned()
}

async fn response(stage: &Stage, attempt: &str, position: usize) -> Value {
    let paper = stage.api("m001", &format!("/attempts/{attempt}")).await;
    paper["sections"][position - 1]["questions"][0]["response"].clone()
}

async fn right_order(stage: &Stage, attempt: &str) -> Vec<String> {
    let mut labels = Vec::new();
    for step in STEPS {
        labels.push(label(stage, attempt, 1, "options", step).await);
    }
    labels
}

async fn standing(stage: &Stage) -> Vec<String> {
    let rows = stage
        .run(
            "return [].map.call(document.querySelectorAll('#q1 .mover'), function (row) { return row.dataset.label; })",
        )
        .await;
    serde_json::from_value(rows).unwrap()
}

/// Moves rows by their arrows until they stand in the right order.
async fn put_in_order(person: &Person, wanted: &[String]) {
    for (place, label) in wanted.iter().enumerate() {
        loop {
            let rows = standing(&person.stage).await;
            let at = rows.iter().position(|row| row == label).unwrap();
            if at == place {
                break;
            }
            person.press(&format!("#q1 .mover[data-label='{label}'] .up")).await;
        }
    }
}

async fn match_by_fields(person: &Person, attempt: &str) -> Value {
    let mut pairs = serde_json::Map::new();
    for (option, target) in MEETINGS {
        let from = label(&person.stage, attempt, 2, "options", option).await;
        let to = label(&person.stage, attempt, 2, "targets", target).await;
        let field = format!("#q2 .mover[data-label='{from}'] select");
        person.press_into(&field).await;
        person.stage.driver.find(By::Css(&field)).await.unwrap().send_keys(&to).await.unwrap();
        pairs.insert(from, json!(to));
    }
    Value::Object(pairs)
}

async fn to_question(person: &Person, number: usize) {
    if person.hands == Hands::Touch {
        person.press("#next").await;
    }
    person.stage.find(&format!("#q{number}")).await;
}

async fn hand_in(person: &Person, attempt: &str) -> Value {
    person.stage.go(&format!("/attempts/{attempt}/check")).await;
    person.stage.click("form[action$='/submit'] button").await;
    person.stage.find("code.receipt").await;
    person.stage.api("m001", &format!("/attempts/{attempt}")).await["score"].clone()
}

async fn answered_by_keys_or_fingers(hands: Hands, width: u32) {
    let (person, attempt) = before_the_paper(hands, width).await;
    let wanted = right_order(&person.stage, &attempt).await;
    put_in_order(&person, &wanted).await;
    if response(&person.stage, &attempt, 1).await.is_null() {
        person.press("#q1 .as-shown").await;
    }
    person.stage.says("#s1", "Saved").await;
    assert_eq!(response(&person.stage, &attempt, 1).await, json!(wanted));
    to_question(&person, 2).await;
    let pairs = match_by_fields(&person, &attempt).await;
    person.stage.says("#s2", "Saved").await;
    to_question(&person, 3).await;
    person.fill("#q3 input.gap", "3 years").await;
    person.stage.says("#s3", "Saved").await;
    assert_eq!(response(&person.stage, &attempt, 2).await, pairs);
    person.stage.driver.refresh().await.unwrap();
    person.stage.find("html.js").await;
    assert_eq!(standing(&person.stage).await, wanted, "the rows stand as they were answered");
    assert_eq!(hand_in(&person, &attempt).await, json!(9));
    person.stage.close().await;
}

#[tokio::test]
async fn by_the_keyboard_alone() {
    answered_by_keys_or_fingers(Hands::Keyboard, 1280).await;
}

#[tokio::test]
async fn by_fingers_on_a_phone() {
    answered_by_keys_or_fingers(Hands::Touch, 390).await;
}

/// Where to take one element and where to drop it on another, both brought onto the screen.
const WAY: &str = "
    var from = document.querySelector(arguments[0]), to = document.querySelector(arguments[1]);
    var middle = (from.getBoundingClientRect().top + to.getBoundingClientRect().bottom) / 2;
    window.scrollBy(0, middle - window.innerHeight / 2);
    var one = from.getBoundingClientRect(), two = to.getBoundingClientRect();
    return [{ x: one.left + one.width / 2, y: one.top + one.height / 2 }, { x: two.left + 20, y: two.top + two.height * arguments[2] }];";

/// Drags one element onto another, as a finger or a mouse does.
async fn drag(person: &Person, from: &str, to: &str, part: f64) {
    let way = person.stage.run_with(WAY, vec![json!(from), json!(to), json!(part)]).await;
    let (begin, end) = (&way[0], &way[1]);
    let kinds = if person.hands == Hands::Touch {
        ["touchStart", "touchMove", "touchEnd"]
    } else {
        ["mousePressed", "mouseMoved", "mouseReleased"]
    };
    for (kind, place) in kinds.iter().zip([begin, end, end]) {
        if person.hands == Hands::Touch {
            let points = if *kind == "touchEnd" { json!([]) } else { json!([place]) };
            person.stage.browser("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
        } else {
            let event = json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "buttons": 1, "clickCount": 1 });
            person.stage.browser("Input.dispatchMouseEvent", event).await;
        }
    }
}

async fn dragged(hands: Hands, width: u32) {
    let (person, attempt) = before_the_paper(hands, width).await;
    let before = standing(&person.stage).await;
    let [first, .., last] = before.as_slice() else { panic!("{before:?}") };
    drag(&person, &format!("#q1 .mover[data-label='{first}'] .grip"), &format!("#q1 .mover[data-label='{last}']"), 0.9)
        .await;
    person.stage.says("#s1", "Saved").await;
    let mut moved = before.clone();
    moved.rotate_left(1);
    assert_eq!(response(&person.stage, &attempt, 1).await, json!(moved));
    to_question(&person, 2).await;
    drag(&person, "#q2 .targets [data-label='4'] .grip", "#q2 .mover[data-label='A']", 0.5).await;
    person.stage.says("#s2", "Saved").await;
    assert_eq!(response(&person.stage, &attempt, 2).await, json!({ "A": "4" }));
    person.stage.close().await;
}

#[tokio::test]
async fn dragged_by_a_finger() {
    dragged(Hands::Touch, 390).await;
}

#[tokio::test]
async fn dragged_by_the_mouse() {
    dragged(Hands::Keyboard, 1280).await;
}

#[tokio::test]
async fn without_script_they_are_numbered_and_chosen() {
    let (person, attempt) = before_the_paper(Hands::WithoutScript, 390).await;
    let wanted = right_order(&person.stage, &attempt).await;
    for (place, label) in (1..).zip(&wanted) {
        let field = format!("#q1 .mover[data-label='{label}'] select");
        person.stage.find(&field).await.send_keys(place.to_string()).await.unwrap();
    }
    let pairs = match_by_fields(&person, &attempt).await;
    person.fill("#q3 input.gap", "三年").await;
    person.stage.click("#exam button[value=save]").await;
    person.stage.says("main", "saved").await;
    assert_eq!(response(&person.stage, &attempt, 1).await, json!(wanted));
    assert_eq!(response(&person.stage, &attempt, 2).await, pairs);
    assert_eq!(hand_in(&person, &attempt).await, json!(9));
    person.stage.close().await;
}

#[tokio::test]
async fn what_is_written_is_saved_while_typing_and_marked_by_the_keyboard() {
    let (person, attempt) = before_a_paper_of(Hands::Keyboard, 1280, &["short", "essay"]).await;
    person.fill("#q1 textarea", "Centralism after debate").await;
    person.fill("#q2 textarea", "One\nTwo").await;
    person.stage.says("#s1", "Saved").await;
    person.stage.says("#s2", "Saved").await;
    assert_eq!(response(&person.stage, &attempt, 2).await, json!("One\nTwo"), "Enter ends a line and nothing else");
    assert_eq!(hand_in(&person, &attempt).await, json!(0));
    person.stage.says("main", "to be marked").await;

    person.stage.become_reader(Some(&person.stage.token("organizer")), "en").await;
    person.stage.go("/tests/kinds/manage").await;
    person.go_by("a[href$='/marking']").await;
    person.go_by("a[href*='qid-w1']").await;
    person.stage.says("#mark", "Centralism after debate").await;
    assert!(!person.stage.text().await.contains("m001"));
    // The field has the focus: points and Enter are all it takes.
    let keys = person.stage.driver.action_chain().send_keys("2.5\u{e007}");
    keys.perform().await.unwrap();
    person.stage.says("#mark", "All answers to this question are marked").await;
    person.go_by("a[href*='qid-w2']").await;
    person.fill("#f-points", "3").await;
    person.go_by("#mark form button").await;
    let done = person.stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!((&done["score"], &done["pending"]), (&json!(5.5), &json!(0)));
    person.stage.close().await;
}

/// Somebody marks the one essay, without having to see another's mark.
async fn marks_essay(person: &Person, login: &str, points: &str) {
    person.stage.become_reader(Some(&person.stage.token(login)), "en").await;
    person.stage.go("/").await;
    person.go_by("a[href='/tests/kinds/marking']").await;
    person.go_by("a[href*='qid-w2']").await;
    person.stage.says("#mark", "Written by one").await;
    let page = person.stage.text().await;
    assert!(!page.contains("m001") && !page.contains("Marked ("), "{page}");
    person.fill("#f-points", points).await;
    person.go_by("#mark form button").await;
    person.stage.says("#mark", "All answers to this question are marked").await;
}

#[tokio::test]
async fn two_who_were_named_mark_unseen() {
    let (person, attempt) = before_a_paper_of(Hands::Keyboard, 1280, &["essay"]).await;
    person.fill("#q1 textarea", "Written by one").await;
    person.stage.says("#s1", "Saved").await;
    hand_in(&person, &attempt).await;
    person.stage.become_reader(Some(&person.stage.token("organizer")), "en").await;
    person.stage.go("/tests/kinds/marking").await;
    for login in ["committee", "secretary"] {
        person.fill("#f-marker", login).await;
        person.go_by("#markers > form button").await;
        person.stage.says("#markers", login).await;
    }
    marks_essay(&person, "committee", "2").await;
    let waits = person.stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!(waits["pending"], json!(1));
    marks_essay(&person, "secretary", "1.5").await;
    let done = person.stage.api("m001", &format!("/attempts/{attempt}")).await;
    assert_eq!((&done["score"], &done["pending"]), (&json!(2), &json!(0)), "1.75 half up");
    person.stage.close().await;
}

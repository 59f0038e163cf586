//! Marks of the annual assessment that the committee enters: one by one, as a list, on the pages, in the record.

use crate::assessments::{a_year, path, rules, set, show, totals, year};
use crate::support::{World, open, posted};
use axum::http::{Method, StatusCode};
use kaohe::rules::text::hex;
use kaohe::service::proofs;
use serde_json::{Value, json};

/// Rules with a list of marks of 20 points beside the annual test.
fn with_notes(changes: &Value) -> Value {
    let mut notes = json!({ "title": "学习笔记", "weight": 40, "marks": { "name": "notes", "full": 20 } });
    for (name, value) in changes.as_object().unwrap() {
        notes[name] = value.clone();
    }
    rules(json!({ "components": [notes, { "title": "年度", "weight": 60, "tests": { "occasion": "annual" } }] }))
}

fn notes() -> String {
    format!("{}/marks/notes", path())
}

async fn load(world: &World, login: &str, query: &str, sheet: &str) -> crate::support::Answer {
    let token = world.token(login).await;
    world.send(Method::PUT, &format!("{}{query}", notes()), Some(&token), sheet.to_owned()).await
}

#[tokio::test]
async fn a_mark_counts_is_replaced_and_taken_back_and_the_record_tells_of_all() {
    let world = a_year().await;
    set(&world, "com", &with_notes(&json!({}))).await.good();
    let com = world.token("com").await;
    assert_eq!(totals(&show(&world, "com").await)[0], ("m1".into(), json!(60), json!(1)), "no mark counts 0");
    let mark = |score: Value| json!({ "login": "m1", "score": score, "source": "春季培训班" });
    let first = world.post(&notes(), &com, mark(json!(17))).await.good();
    assert_eq!((&first["value"], &first["given_by"]), (&json!(85), &json!("委员")));
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(94), "0.4 × 85 + 60");
    let m1 = format!("{}/members/m1", path());
    assert_eq!(world.get(&m1, &com).await.good()["components"][0]["marks"][0]["source"], "春季培训班");
    world.pass(1_000).await;
    let second = world.post(&notes(), &com, mark(json!("90%"))).await.good();
    let marks = world.get(&m1, &com).await.good()["components"][0]["marks"].clone();
    assert_eq!(marks.as_array().unwrap().len(), 2, "the old one stays to be seen");
    assert!(marks[0]["ended_at"].is_string() && marks[1]["ended_at"].is_null());
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(96));
    // Other full marks later don't change what was entered.
    set(&world, "com", &with_notes(&json!({ "marks": { "name": "notes", "full": 50 } }))).await.good();
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(96));
    let gone = format!("{}/{}", notes(), second["mark"].as_str().unwrap());
    assert_eq!(world.send(Method::DELETE, &gone, Some(&com), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.send(Method::DELETE, &gone, Some(&com), "").await.kind(), "changed-meanwhile");
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(60));
    set(&world, "com", &with_notes(&json!({ "absent": "dropped" }))).await.good();
    assert_eq!(show(&world, "com").await["members"][0]["why_none"], "nothing_counts");
    for (body, kind) in [
        (json!({ "login": "m1", "score": 51, "source": "x" }), "invalid-field"),
        (json!({ "login": "m1", "score": "优", "source": "x" }), "invalid-field"),
        (json!({ "login": "m1", "score": true, "source": "x" }), "unreadable"),
        (json!({ "login": "m1", "score": 1, "source": " " }), "invalid-field"),
        (json!({ "login": "nobody", "score": 1, "source": "x" }), "not-found"),
        (json!({ "login": "org", "score": 1, "source": "x" }), "not-found"),
    ] {
        assert_eq!(world.post(&notes(), &com, body.clone()).await.kind(), kind, "{body}");
    }
    let other = format!("{}/marks/other", path());
    assert_eq!(world.post(&other, &com, mark(json!(1))).await.status, StatusCode::NOT_FOUND);
    let com_b = world.token("com-b").await;
    assert_eq!(world.post(&notes(), &com_b, mark(json!(1))).await.status, StatusCode::FORBIDDEN);
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
    for sql in [
        "UPDATE assessment_mark SET points = 2000 WHERE ended_at_ms IS NOT NULL",
        "UPDATE assessment_mark SET source = 'x'",
        "UPDATE assessment_mark SET ended_entry_id = NULL",
        "DELETE FROM assessment_mark",
    ] {
        let mut tx = world.app.db.write().await.unwrap();
        assert!(tx.query(sql).execute().await.unwrap() > 0, "{sql}");
        tx.commit().await.unwrap();
        let found = proofs::verify_trace(&world.app).await.unwrap();
        assert!(!found.differing_assessments.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_list_is_entered_as_a_whole_or_not_at_all() {
    let world = a_year().await;
    set(&world, "com", &with_notes(&json!({}))).await.good();
    let wrong = "账号,姓名,成绩,来源\nm1,王一,21,x\nm2,王二,10,\nm3,王四,10,x\nzz,,5,x\norg,,5,x\n";
    let refused = load(&world, "com", "", wrong).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-sheet"));
    let wrong = wrong.replace("21", "20");
    let errors = load(&world, "com", "", &wrong).await.json()["errors"].clone();
    let errors: Vec<_> =
        errors.as_array().unwrap().iter().map(|one| (one["row"].clone(), one["column"].clone())).collect();
    let at = |row: usize, column: &str| (json!(row), json!(column));
    assert_eq!(errors, [at(3, "来源"), at(4, "姓名"), at(5, "账号"), at(6, "账号")]);
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(60), "nothing was entered");
    let list = "账号,成绩,来源\nm1,20,结业考试\nm2,50%,\nM3,,\n";
    let tried = load(&world, "com", "?dry_run=true&source=list", list).await.good();
    assert_eq!((tried["new"].as_array().unwrap().len(), &tried["left_out"]), (2, &json!(1)));
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(60), "nothing yet");
    load(&world, "com", "?source=list", list).await.good();
    // m1 100 % and 100; m2 50 % and 50.
    let shown = totals(&show(&world, "com").await);
    assert_eq!((&shown[0].1, &shown[2]), (&json!(100), &("m2".into(), json!(50), json!(3))));
    let again = load(&world, "com", "?source=list", &list.replace("m1,20", "m1,19")).await.good();
    assert_eq!((&again["changed"][0]["before"], &again["changed"][0]["after"]), (&json!(100), &json!(95)));
    assert_eq!(again["unchanged"], 1);
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
    let com_b = load(&world, "com-b", "?source=list", list).await;
    assert_eq!(com_b.status, StatusCode::FORBIDDEN);
    let out = world.command(&["assess", "mark", &year(), "notes", "m4", "10", "--source", "补录"]);
    assert!(out.status.success(), "{out:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    std::fs::write(&file, "login,score\nm4,12\n").unwrap();
    let out = world.command(&["assess", "load-marks", &year(), "notes", file.to_str().unwrap(), "--source", "核对"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("50 → 60"), "{out:?}");
}

#[tokio::test]
async fn a_committee_enters_marks_on_the_pages() {
    let world = a_year().await;
    let com = world.token("com").await;
    let at = format!("/assessments/{}", year());
    // The form keeps what the file says.
    set(&world, "com", &with_notes(&json!({}))).await.good();
    let form = open(&world, &format!("{at}/rules"), &com).await.text;
    assert!(form.contains("value=\"notes\"") && form.contains("value=\"20\""), "{form}");
    let page = open(&world, &at, &com).await.text;
    assert!(page.contains("0 of 4 members have a mark"), "{page}");
    let member = format!("{at}/members/m2/marks");
    let score = |score: &'static str| [("list", "notes"), ("score-notes", score), ("source-notes", "讲座签到")];
    assert_eq!(posted(&world, &member, &com, &score("12")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(posted(&world, &member, &com, &score("21")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = open(&world, &format!("{at}/members/m2"), &com).await.text;
    assert!(shown.contains("12 / 20") && shown.contains("讲座签到") && shown.contains("entered by 委员"), "{shown}");
    let list = format!("{at}/marks/notes");
    let page = open(&world, &list, &com).await.text;
    assert!(page.contains("3 members have no mark yet") && page.contains("讲座签到"), "{page}");
    let sheet = hex("账号,成绩\nm1,15\nm2,13\n".as_bytes());
    let sent = |what: &'static str| [("sheet", sheet.as_str()), ("source", "结业考试"), ("do", what)];
    let looked = posted(&world, &list, &com, &sent("look")).await;
    assert!(looked.status.is_success() && looked.text.contains("Nothing is entered yet"), "{looked:?}");
    assert!(open(&world, &list, &com).await.text.contains("3 members have no mark yet"));
    let entered = posted(&world, &list, &com, &sent("load")).await;
    assert!(entered.text.contains("Entered: 1 new, 1 changed"), "{entered:?}");
    let wrong = hex("账号,成绩\nm1,99\n".as_bytes());
    let wrong = posted(&world, &list, &com, &[("sheet", wrong.as_str()), ("source", "x"), ("do", "look")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("Row 2"), "{wrong:?}");
    let filled = open(&world, &format!("{list}/template/csv"), &com).await.text;
    assert!(filled.contains("m1,王一,一支部,15,结业考试"), "{filled}");
    let token = world.token("com").await;
    let again = world.send(Method::PUT, &notes(), Some(&token), filled).await.good();
    assert_eq!(
        (&again["unchanged"], &again["left_out"]),
        (&json!(2), &json!(2)),
        "what is written is read as the same"
    );
    let xlsx = open(&world, &format!("{list}/template/xlsx"), &com).await;
    assert!(xlsx.status.is_success() && xlsx.text.starts_with("PK"));
    let com_b = world.token("com-b").await;
    let part = open(&world, &list, &com_b).await.text;
    assert!(part.contains("王四") && !part.contains("王一") && !part.contains("f-file"), "{part}");
}

#[tokio::test]
async fn what_was_entered_by_hand_is_taken_back_by_commands() {
    let world = a_year().await;
    set(&world, "com", &with_notes(&json!({}))).await.good();
    let year = year();
    let assess = |rest: &[&str]| {
        let arguments: Vec<&str> = ["assess"].iter().chain(rest).copied().collect();
        let out = world.command(&arguments);
        (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let end_mark = ["end-mark", &year, "m1", "--list", "notes"];
    assert!(!assess(&end_mark).0, "nothing was entered");
    assert!(assess(&["mark", &year, "notes", "m1", "17", "--source", "培训班"]).0);
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(94));
    let (ended, said) = assess(&end_mark);
    assert!(ended && said.contains("17"), "{said}");
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(60));
    assert!(!assess(&end_mark).0, "it stands no more");

    let end = ["end-adjustment", &year, "m1"];
    assert!(!assess(&end).0, "nothing was given");
    assert!(!assess(&["adjust", &year, "m1", "0", "--reason", "无"]).0);
    assert!(!assess(&["adjust", &year, "m1", "0.001", "--reason", "无"]).0);
    assert!(assess(&["adjust", &year, "m1", "3", "--reason", "竞赛"]).0);
    assert!(assess(&["adjust", &year, "m1", "-1.5", "--reason", "迟到"]).0);
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(61.5));
    let (one_of_many, listed) = assess(&end);
    assert!(!one_of_many && listed.contains("+3\t竞赛") && listed.contains("-1.5\t迟到"), "{listed}");
    let late = listed.lines().find(|line| line.contains("迟到")).unwrap().split('\t').next().unwrap();
    assert!(assess(&["end-adjustment", &year, "m1", "--adjustment", late]).0);
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(63));
    assert!(assess(&end).0, "one that stands alone needs no name");
    assert_eq!(totals(&show(&world, "com").await)[0].1, json!(60));
    let found = proofs::verify_trace(&world.app).await.unwrap();
    assert!(found.holds(), "{found:?}");
}

#[tokio::test]
async fn nobody_touches_what_makes_an_own_result() {
    let world = a_year().await;
    set(&world, "com", &with_notes(&json!({}))).await.good();
    assert!(world.command(&["user", "role", "m1", "--give", "committee", "--branch", "HQ"]).status.success());
    let (com, m1) = (world.token("com").await, world.token("m1").await);
    let mark = json!({ "login": "m1", "score": 10, "source": "讲座" });
    let deduction = json!({ "login": "m1", "points": -2, "reason": "迟到" });
    let adjustments = format!("{}/adjustments", path());
    let given = world.post(&notes(), &com, mark.clone()).await.good();
    let taken = world.post(&adjustments, &com, deduction.clone()).await.good();
    let before = totals(&show(&world, "com").await);
    let mark_path = format!("{}/{}", notes(), given["mark"].as_str().unwrap());
    let taken_id = taken["adjustment"].as_str().unwrap();
    let taken_path = format!("{adjustments}/{taken_id}");
    for answer in [
        world.post(&notes(), &m1, mark).await,
        world.post(&adjustments, &m1, deduction).await,
        world.send(Method::DELETE, &mark_path, Some(&m1), "").await,
        world.send(Method::DELETE, &taken_path, Some(&m1), "").await,
    ] {
        assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-field"));
    }
    let sheet = load(&world, "m1", "?source=list", "账号,成绩\nm1,20\n").await;
    assert_eq!(sheet.kind(), "invalid-sheet");
    let page = format!("/assessments/{}/members/m1", year());
    let refused = posted(&world, &page, &m1, &[("end", taken_id)]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text.contains("ask somebody else"));
    assert_eq!(totals(&show(&world, "com").await), before);
    assert_eq!(world.send(Method::DELETE, &taken_path, Some(&com), "").await.status, StatusCode::NO_CONTENT);
}

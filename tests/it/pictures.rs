//! Pictures, tables and formulas in questions.

use crate::commands::Data;
use crate::forms::{Fields, fields_of, send};
use crate::support::{World, definition, open, questions};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine;
use kaohe::formats::bundle;
use serde_json::{Value, json};

const RED: &[u8] = include_bytes!("../fixtures/red.png");

fn bank(stem: &str, option: &str) -> Value {
    json!({ "bank": "shown", "title": "Shown", "topics": [{ "id": "t", "title": "T" }], "questions": [{
        "id": "q1", "kind": "single", "topic": "t", "stem": stem, "explanation": "Article 7", "cite": "Article 7",
        "options": { "A": option, "B": "no", "C": "perhaps" }, "answer": "A" }] })
}

fn zipped(bank: &Value, pictures: &[(&str, &[u8])]) -> Vec<u8> {
    let pictures: Vec<_> = pictures.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    bundle::write("shown", bank.to_string().as_bytes(), &pictures).unwrap()
}

const STEM: &str = "Look:\n![the red flag](flag.png)\n| year | members |\n|---|---|\n| 2024 | 12 |\nHow many is <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>?";

async fn loaded(world: &World) -> String {
    let org = world.token("org").await;
    let file = zipped(&bank(STEM, "![red](flag.png)"), &[("flag.png", RED)]);
    let loaded = world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), file).await.good();
    assert_eq!(loaded["added"], 1);
    let bank = world.get("/api/v1/banks/shown/export", &org).await.good();
    let stem = bank["questions"][0]["stem"].as_str().unwrap().to_owned();
    stem.split("](").nth(1).unwrap().split(')').next().unwrap().to_owned()
}

async fn fetched(world: &World, path: &str, token: Option<&str>) -> (StatusCode, Option<String>, Vec<u8>) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let (answer, bytes) = world.request_file(request.body(Body::empty()).unwrap()).await;
    let kind = answer.headers.get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    (answer.status, kind, bytes)
}

#[tokio::test]
async fn a_member_sees_them_and_their_names_tell_nothing() {
    let world = World::new().await;
    let name = loaded(&world).await;
    assert!(name.ends_with("-120x80.png") && !name.contains("flag"), "{name}");
    let sections = json!([{ "kind": "single", "points": 2, "draw": [{ "bank": "shown", "count": 1 }] }]);
    world.make(&definition("t", json!({ "sections": sections }))).await;
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let stem = questions(&paper)[0]["stem"].as_str().unwrap().to_owned();
    assert!(stem.contains(&format!("![the red flag]({name})")) && !stem.contains("flag.png"), "{stem}");
    let page = open(&world, &format!("/attempts/{}", paper["attempt"].as_str().unwrap()), &token).await.text;
    let picture =
        format!("<img class=\"picture\" src=\"/pictures/{name}\" alt=\"the red flag\" width=\"120\" height=\"80\">");
    for part in [&*picture, "<th scope=\"col\">members</th>", "<td>2024</td>", "<math><mfrac><mn>1</mn>"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let path = format!("/pictures/{name}");
    assert_eq!(fetched(&world, &path, Some(&token)).await, (StatusCode::OK, Some("image/png".into()), RED.to_vec()));
    assert_ne!(fetched(&world, &path, None).await.0, StatusCode::OK, "only for those who are signed in");
    for other in ["/pictures/flag.png", "/pictures/00000000000000000000000000000000-1x1.png", "/pictures/..%2Fx"] {
        assert_eq!(fetched(&world, other, Some(&token)).await.0, StatusCode::NOT_FOUND, "{other}");
    }
}

#[tokio::test]
async fn a_bank_with_pictures_comes_back_and_is_the_same() {
    let world = World::new().await;
    let name = loaded(&world).await;
    let org = world.token("org").await;
    let (_, _, file) = fetched(&world, "/api/v1/banks/shown/export?form=zip", Some(&org)).await;
    let inside = bundle::open(&file).unwrap().unwrap();
    assert_eq!(inside.beside.find(&name), Some(RED.to_vec()));
    let again = |file: Vec<u8>| world.send(Method::POST, "/api/v1/banks", Some(&org), file);
    assert_eq!(again(file).await.good()["unchanged"], 1);
    assert_eq!(again(inside.bytes.clone()).await.good()["unchanged"], 1, "pictures that are here need not come again");
    let original = zipped(&bank(STEM, "![red](flag.png)"), &[("pictures/flag.png", RED)]);
    assert_eq!(again(original).await.good()["unchanged"], 1, "whatever the file was called");
    // Another server doesn't have it.
    let other = World::new().await;
    let org = other.token("org").await;
    let refused = other.send(Method::POST, "/api/v1/banks", Some(&org), inside.bytes).await;
    assert!(refused.text.contains("picture-missing"), "{}", refused.text);
    let csv = world.get("/api/v1/banks/shown/export?form=gift&remarks=true", &world.token("org").await).await.good();
    assert!(csv["remarks"].to_string().contains("stem"), "what other systems can't show is listed: {csv}");
}

/// A file of Moodle with two pictures of one name, and one that isn't in it.
fn moodle() -> String {
    let mut green = RED.to_vec();
    green.push(0);
    let of = |bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!("<file name=\"a.png\" path=\"/\" encoding=\"base64\">{text}</file>")
    };
    let html = "<p>Look: <img src=\"@@PLUGINFILE@@/a.png\" alt=\"the flag\"></p><table><tr><th>year</th><th>members</th></tr><tr><td>2024</td><td>12</td></tr></table><p>How many is <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>?<img src=\"https://example.org/b.png\" alt=\"(gone)\"></p>";
    format!(
        "<quiz><question type=\"multichoice\"><name><text>q1</text></name><questiontext format=\"html\"><text><![CDATA[{html}]]></text>{}</questiontext>\n<answer fraction=\"100\" format=\"html\"><text><![CDATA[<img src=\"@@PLUGINFILE@@/a.png\">]]></text>{}</answer><answer fraction=\"0\"><text>no</text></answer></question></quiz>",
        of(RED),
        of(&green)
    )
}

#[tokio::test]
async fn a_file_of_another_system_brings_its_pictures_and_takes_them_along() {
    let world = World::new().await;
    let org = world.token("org").await;
    let path = "/api/v1/banks?bank=shown&file=a.xml&shared=true";
    let loaded = world.send(Method::POST, path, Some(&org), moodle()).await.good();
    assert_eq!(loaded["added"], 1, "{loaded}");
    assert_eq!(loaded["remarks"].as_array().unwrap().len(), 1, "{loaded}");
    assert!(loaded["remarks"][0].to_string().contains("https://example.org/b.png"), "{loaded}");
    let bank = world.get("/api/v1/banks/shown/export", &org).await.good();
    let question = &bank["questions"][0];
    let (stem, option) = (question["stem"].as_str().unwrap(), question["options"]["A"].as_str().unwrap());
    let name = |text: &str| text.split("](").nth(1).unwrap().split(')').next().unwrap().to_owned();
    let expected = format!(
        "Look: ![the flag]({})\n| year | members |\n|---|---|\n| 2024 | 12 |\nHow many is <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>?(gone)",
        name(stem)
    );
    assert_eq!(stem, expected);
    assert_ne!(name(stem), name(option), "two files of one name");
    let picture = fetched(&world, &format!("/pictures/{}", name(stem)), Some(&org)).await;
    assert_eq!(picture, (StatusCode::OK, Some("image/png".into()), RED.to_vec()));
    let told = world.get("/api/v1/banks/shown/export?form=json&remarks=true", &org).await.good();
    assert_eq!(
        (&told["remarks"][0]["code"], &told["remarks"][0]["found"]),
        (&json!("not-in-form"), &json!("pictures × 2"))
    );
    let page = open(&world, "/banks/shown/forms?form=json", &org).await.text;
    assert!(page.contains("the pictures themselves (ZIP has them with the bank) × 2"), "{page}");
    for form in ["moodle-xml", "qti21", "qti3", "zip"] {
        let told = world.get(&format!("/api/v1/banks/shown/export?form={form}&remarks=true"), &org).await.good();
        assert_eq!(told["remarks"], json!([]), "{form}");
        let (_, _, file) = fetched(&world, &format!("/api/v1/banks/shown/export?form={form}"), Some(&org)).await;
        let again = world.send(Method::POST, path, Some(&org), file.clone()).await.good();
        assert_eq!(again["unchanged"], 1, "{form}: {again}");
        // Elsewhere, where none of the pictures is.
        let other = World::new().await;
        let org = other.token("org").await;
        other.send(Method::POST, path, Some(&org), file).await.good();
        let read = other.get("/api/v1/banks/shown/export", &org).await.good();
        assert_eq!(read["questions"][0]["stem"], question["stem"], "{form}");
        assert_eq!(read["questions"][0]["options"], question["options"], "{form}");
        assert_eq!(fetched(&other, &format!("/pictures/{}", name(option)), Some(&org)).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_is_wrong_with_them_is_told_with_its_place() {
    let world = World::new().await;
    let org = world.token("org").await;
    for (stem, files, code, found) in [
        ("See ![x](gone.png)", vec![], "picture-missing", "gone.png"),
        ("See ![x](bad.png)", vec![("bad.png", &b"<svg onload='x'/>"[..])], "picture-unfit", "bad.png"),
        ("See ![x](bad.svg)", vec![("bad.svg", &b"<svg/>"[..])], "picture-unfit", "bad.svg"),
        ("<math><script>alert(1)</script></math>", vec![], "formula-unsound", ""),
        ("<math><mi onclick=\"x\">a</mi></math>", vec![], "formula-unsound", ""),
    ] {
        let file = zipped(&bank(stem, "yes"), &files);
        let refused = world.send(Method::POST, "/api/v1/banks", Some(&org), file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{stem}");
        let errors = &refused.json()["errors"];
        assert_eq!(
            (&errors[0]["code"], &errors[0]["pointer"]),
            (&json!(code), &json!("/questions/0/stem")),
            "{errors}"
        );
        assert!(
            errors[0]["line"].as_u64().is_some_and(|line| line > 0) && errors.to_string().contains(found),
            "{errors}"
        );
    }
    let words = zipped(&bank("a [b](c) ![d](e) a < b", "yes"), &[]);
    world.send(Method::POST, "/api/v1/banks", Some(&org), words).await.good();
}

#[tokio::test]
async fn the_command_finds_them_in_the_folder() {
    let data = Data::new().await;
    let folder = data.folder.path().join("questions");
    std::fs::create_dir_all(folder.join("pictures")).unwrap();
    let file = folder.join("bank.json");
    std::fs::write(&file, bank("![x](pictures/red.png)", "yes").to_string()).unwrap();
    let file = file.display().to_string();
    let refused = data.run(&["bank", "check", &file]);
    assert!(!refused.status.success());
    std::fs::write(folder.join("pictures/red.png"), RED).unwrap();
    data.good(&["bank", "check", &file]);
    data.good(&["bank", "load", &file]);
    let out = folder.join("out.zip").display().to_string();
    data.good(&["bank", "export", "shown", "--to", "zip", "--out", &out]);
    let kept = bundle::open(&std::fs::read(&out).unwrap()).unwrap().unwrap();
    assert!(String::from_utf8(kept.bytes).unwrap().contains("-120x80.png"));
    let converted = folder.join("converted.zip").display().to_string();
    data.good(&["bank", "convert", &file, "--to", "zip", "--out", &converted]);
    assert_eq!(std::fs::read(&converted).unwrap().len(), std::fs::read(&out).unwrap().len());
    data.good(&["bank", "load", &out]);
    let foreign = folder.join("moodle.xml");
    std::fs::write(&foreign, moodle()).unwrap();
    let foreign = foreign.display().to_string();
    let json = data.run(&["bank", "convert", &foreign, "--to", "json"]);
    assert!(
        json.status.success() && String::from_utf8_lossy(&json.stderr).contains("ZIP"),
        "where the pictures can be had"
    );
    data.good(&["bank", "convert", &foreign, "--bank", "moodle", "--to", "zip", "--out", &converted]);
    data.good(&["bank", "load", &converted]);
}

#[tokio::test]
async fn the_editor_takes_a_picture() {
    let world = World::new().await;
    loaded(&world).await;
    let org = world.token("org").await;
    let form = open(&world, "/banks/shown/draft/question?id=q1", &org).await.text;
    let mut fields: Fields = fields_of(&form);
    fields.retain(|(name, _)| name != "action");
    let boundary = "kaohe-boundary";
    let mut body = Vec::new();
    for (name, value) in
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([("action", "add-picture")])
    {
        body.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n").bytes());
    let mut green = RED.to_vec();
    green.push(0);
    body.extend(&green);
    body.extend(format!("\r\n--{boundary}--\r\n").bytes());
    let request = Request::post("/banks/shown/draft/question")
        .header("cookie", format!("kaohe_session={org}"))
        .header("origin", "http://localhost")
        .header("host", "localhost")
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .body(Body::from(body))
        .unwrap();
    let shown = world.request(request).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert_eq!(
        shown.text.matches("<img class=\"picture\"").count(),
        3,
        "two pictures below each other, one in the option"
    );
    let mut fields = fields_of(&shown.text);
    fields.retain(|(name, _)| name != "action");
    fields.push(("action".into(), "save".into()));
    let saved = send(&world, "/banks/shown/draft/question", &org, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let name = world.post("/api/v1/pictures", &org, json!({})).await;
    assert_eq!(name.status, StatusCode::UNPROCESSABLE_ENTITY);
    let added = world.send(Method::POST, "/api/v1/pictures", Some(&org), RED.to_vec()).await.good();
    assert!(added["text"].as_str().unwrap().starts_with("![]("));
    let member = world.token("m1").await;
    let refused = world.send(Method::POST, "/api/v1/pictures", Some(&member), RED.to_vec()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

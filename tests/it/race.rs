//! A save and a submit can't pass each other: acknowledged means marked.

use crate::support::{World, definition, questions, right};
use axum::http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_marked_in_thousands_of_races() {
    const ROUNDS: u32 = 2_000;
    const AT_ONCE: usize = 3;
    let world = World::new().await;
    world.load_bank().await;
    world
        .make(&definition(
            "t",
            json!({ "attempts": 1000, "sections": [
        { "title": "Single", "kind": "single", "points": 1, "draw": [{ "bank": "rules", "count": 4 }] } ] }),
        ))
        .await;
    let world = Arc::new(world);
    let mut tasks = Vec::new();
    for login in ["m1", "m2", "m3"] {
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move {
            let token = world.token(login).await;
            let (mut before, mut after) = (0_u32, 0_u32);
            for round in 0..=ROUNDS / 3 {
                let paper = world.start(&token).await;
                let attempt = paper["attempt"].as_str().unwrap();
                let all = questions(&paper);
                let save = |index: usize| {
                    world.save(&token, attempt, i64::try_from(index).unwrap() + 1, 1, right(&all[index]))
                };
                let late = async {
                    tokio::time::sleep(Duration::from_micros(u64::from(round) * 37 % 4_000)).await;
                    save(2).await
                };
                let (one, two, done, three) = tokio::join!(save(0), save(1), world.submit(&token, attempt), late);
                let acknowledged =
                    [&one, &two, &three].iter().filter(|answer| answer.status == StatusCode::NO_CONTENT).count();
                let refused =
                    [&one, &two, &three].iter().filter(|answer| answer.status == StatusCode::CONFLICT).count();
                assert_eq!(acknowledged + refused, AT_ONCE);
                assert_eq!(
                    done.good()["score"].as_u64(),
                    u64::try_from(acknowledged).ok(),
                    "acknowledged means marked, refused means not"
                );
                before += u32::from(acknowledged > 0);
                after += u32::from(refused > 0);
            }
            (before, after)
        }));
    }
    let mut both = (0, 0);
    for task in tasks {
        let (before, after) = task.await.unwrap();
        both = (both.0 + before, both.1 + after);
    }
    assert!(both.0 > 0 && both.1 > 0, "the race was a race: {both:?}");
    assert!(kaohe::service::proofs::verify_trace(&world.app).await.unwrap().holds());
}

//! How long a poor phone on a poor line waits for the exam page. A measurement, not a test: run it by
//! `scripts/measure --phone`; it prints and asserts nothing of speed.

use crate::stage::{Look, Stage};
use serde_json::json;

/// 400 kbit/s and 400 ms there and back, on a processor four times slower than this one.
async fn throttle(stage: &Stage, latency_ms: u32) {
    let line =
        json!({ "offline": false, "latency": latency_ms, "downloadThroughput": 50_000, "uploadThroughput": 50_000 });
    stage.browser("Network.enable", json!({})).await;
    stage.browser("Network.emulateNetworkConditions", line).await;
    stage.browser("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
}

const USABLE: &str = "var page = performance.getEntriesByType('navigation')[0];
    var paint = performance.getEntriesByName('first-contentful-paint')[0];
    return [Math.round(page.responseEnd), Math.round(paint ? paint.startTime : -1), Math.round(page.domContentLoadedEventEnd),
        page.encodedBodySize, performance.getEntriesByType('resource').map(function (one) { return one.name.split('/').pop() + ' ' + one.transferSize; }).join(', ')];";

#[tokio::test]
#[ignore = "a measurement: scripts/measure --phone"]
async fn the_exam_page_on_a_poor_phone() {
    let stage = Stage::open(Look::PHONE_ZH).await;
    stage.sign_in("m001").await;
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    stage.browser("Emulation.setDeviceMetricsOverride", phone).await;
    stage.go("/tests/annual-study").await;
    throttle(&stage, 400).await;
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    println!("started: [page there, first paint, usable in ms; bytes; files]: {}", stage.run(USABLE).await);
    for _ in 0..5 {
        stage.driver.refresh().await.unwrap();
        stage.find("form#exam").await;
        println!("reloaded: {}", stage.run(USABLE).await);
    }
    stage.close().await;
}

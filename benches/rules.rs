//! How long the rules take on one core: `cargo bench`. Figures stand in docs/performance.md.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be prepared must stop")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use kaohe::formats::bundle::Beside;
use kaohe::formats::exchange::{self, Form, Naming, sheet::Hints};
use kaohe::formats::{bank_json, test_json};
use kaohe::rules::draw::{Candidate, Pool};
use kaohe::rules::items::{Answer, Asked, Chosen, Sittings, analyse};
use kaohe::rules::lint::lints_of;
use kaohe::rules::points::Points;
use kaohe::rules::question::Question;
use kaohe::rules::text::Language;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::fmt::Write;
use std::sync::Arc;

fn main() {
    divan::main();
}

const QUESTIONS: usize = 100_000;
const TOPICS: usize = 20;

fn chance() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1921)
}

/// A text of made-up words.
fn text(chance: &mut ChaCha8Rng, length: usize) -> String {
    (0..length).filter_map(|_| char::from_u32(chance.random_range(0x4E00..0x8000))).collect()
}

/// A bank of single choices in both languages.
fn bank(questions: usize) -> String {
    let mut chance = chance();
    let mut bank = String::from(r#"{"bank":"large","title":"Large","topics":["#);
    for topic in 0..TOPICS {
        let _ = write!(bank, r#"{}{{"id":"t{topic}","title":"Topic {topic}"}}"#, if topic > 0 { "," } else { "" });
    }
    bank.push_str(r#"],"questions":["#);
    for number in 0..questions {
        let comma = if number > 0 { "," } else { "" };
        let (topic, difficulty) = (number % TOPICS, number % 5 + 1);
        let (stem, english) = (text(&mut chance, 40), text(&mut chance, 80));
        let _ =
            write!(bank, r#"{comma}{{"id":"q{number}","kind":"single","topic":"t{topic}","difficulty":{difficulty},"#);
        let _ = write!(bank, r#""stem":{{"zh":"{stem}（ ）。","en":"{english} ____."}},"options":{{"#);
        for option in 0..4 {
            let (zh, en) = (text(&mut chance, 12), text(&mut chance, 24));
            let comma = if option > 0 { "," } else { "" };
            let label = ["A", "B", "C", "D"].get(option).copied().unwrap_or_default();
            let _ = write!(bank, r#"{comma}"{label}":{{"zh":"{zh}","en":"{en}"}}"#);
        }
        let key = ["A", "B", "C", "D"].get(number % 4).copied().unwrap_or_default();
        let _ = write!(
            bank,
            r#"}},"answer":"{key}","explanation":"{}","cite":"第{}条"}}"#,
            text(&mut chance, 30),
            number % 55
        );
    }
    bank.push_str("]}");
    bank
}

/// A pool of a hundred thousand, every tenth of a family of two, for a paper of fifty by topic and difficulty.
fn pool() -> Pool {
    let definition = serde_json::json!({
        "test": "t", "title": "t", "occasion": "monthly", "audience": { "branches": ["HQ"] },
        "opens": "2026-01-01T00:00:00Z", "closes": "2026-01-02T00:00:00Z", "minutes": 60, "pass": 60, "excellent": 90,
        "sections": [{ "title": "s", "kind": "single", "points": 2, "draw": [
            { "bank": "large", "topics": ["t1", "t2", "t3"], "count": 20, "difficulty": { "1-2": 10, "3": 6, "4-5": 4 } },
            { "bank": "large", "topics": ["t4"], "count": 10 },
            { "bank": "large", "count": 20, "difficulty": { "1-3": 12, "4-5": 8 } }
        ] }]
    });
    let definition = test_json::read(definition.to_string().as_bytes()).unwrap();
    let candidate = |number: usize| Candidate {
        edition: 0,
        id: format!("q{number}"),
        kind: kaohe::rules::question::Kind::Single,
        topic: format!("t{}", number % TOPICS),
        difficulty: u8::try_from(number / TOPICS % 5 + 1).unwrap(),
        options: 4,
        further: Vec::new(),
        family: number.is_multiple_of(10).then(|| format!("f{}", number / 20)),
    };
    Pool::new(&definition, (0..QUESTIONS).map(candidate).collect(), |_| Some(0))
}

/// One paper of fifty from a hundred thousand: topics, difficulty, and questions that don't stand together.
#[divan::bench]
fn draw_50_of_100_000(bencher: Bencher) {
    let pool = pool();
    let mut chance = chance();
    assert!(pool.draw([7; 32], &[]).is_some());
    bencher.with_inputs(|| chance.random::<[u8; 32]>()).bench_local_values(|seed| pool.draw(seed, &[]));
}

/// The cells of that blueprint, once for a test.
#[divan::bench(sample_count = 10)]
fn pool_of_100_000(bencher: Bencher) {
    bencher.bench_local(pool);
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn read_and_check_100_000_questions(bencher: Bencher) {
    let bank = bank(QUESTIONS);
    bencher.counter(ItemsCount::new(QUESTIONS)).bench_local(|| bank_json::read(black_box(bank.as_bytes())).unwrap());
}

/// Near-duplicates among them.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn lints_of_100_000_questions(bencher: Bencher) {
    let bank = bank_json::read(bank(QUESTIONS).as_bytes()).unwrap();
    bencher.counter(ItemsCount::new(QUESTIONS)).bench_local(|| lints_of(black_box(&bank.questions)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn workbook_of_10_000_questions(bencher: Bencher) {
    let bank = bank_json::read(bank(10_000).as_bytes()).unwrap();
    let workbook = exchange::write(&bank, &[], Form::Xlsx, Language::Zh).unwrap().bytes;
    let naming = Naming::default();
    bencher.counter(ItemsCount::new(10_000_usize)).bench_local(|| {
        exchange::convert(black_box(&workbook), Form::Xlsx, &naming, &Hints::default(), &Beside::Nothing)
            .map(|made| made.remarks.len())
            .ok()
    });
}

/// The item analysis of fifty thousand papers of fifty out of seven hundred questions.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn item_analysis_of_50_000(bencher: Bencher) {
    let questions = bank_json::read(bank(700).as_bytes()).unwrap().questions;
    let mut sittings = Sittings::new(vec![Points::from_hundredths(200)]);
    for question in questions {
        let question: Arc<Question> = Arc::new(question);
        sittings.add_question(Asked { bank: Arc::from("large"), edition: Arc::from("e"), question });
    }
    let mut chance = chance();
    let order: Vec<usize> = (0..4).collect();
    for attempt in 0..50_000 {
        let first = chance.random_range(0..650_u32);
        let answers: Vec<Answer> = (first..first + 50)
            .map(|index| {
                let asked = sittings.questions().get(usize::try_from(index).unwrap()).unwrap();
                let label = ["\"A\"", "\"B\"", "\"C\"", "\"D\""].get(chance.random_range(0..4)).copied();
                let mark = if chance.random_bool(0.7) { 200 } else { 0 };
                Answer { question: index, mark, chosen: Chosen::read(&asked.question, &order, label), section: 0 }
            })
            .collect();
        sittings.add_attempt(&format!("b{}", attempt % 2_000), answers);
    }
    let scale = kaohe::rules::figures::Scale {
        full: Points::from_hundredths(10_000),
        pass: Points::from_hundredths(6_000),
        excellent: Points::from_hundredths(9_000),
    };
    bencher.bench_local(|| analyse(black_box(&sittings), scale, |_| true));
}

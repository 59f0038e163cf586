//! `kaohe test make-up`: a make-up of a settled test.

use crate::api::make_ups::told;
use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::formats::test_json;
use crate::rules::make_up::Need;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::tests::{MakeUpAsked, MakeUpPlan, make_up, plan_make_up};
use clap::Args;

/// Arguments of `kaohe test make-up`.
#[derive(Debug, Args)]
pub(in crate::cli) struct MakeUpArgs {
    /// The name of the test that it makes up for; its results are settled.
    test: String,
    /// When it opens, e.g. 2026-12-01T09:00:00+08:00.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    opens: i64,
    /// When it closes.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    closes: i64,
    /// Most that it counts, in percent of full marks; the pass line of the first test where left out.
    #[arg(long, value_name = "PERCENT", value_parser = points)]
    cap: Option<Points>,
    /// Who takes it: absent, failed, excused; all of them where left out.
    #[arg(long, value_name = "WHO", value_delimiter = ',', value_parser = need)]
    who: Vec<Need>,
    /// Its name; the first test's with -make-up where left out.
    #[arg(long)]
    name: Option<String>,
    /// Keep keys of the first test closed to members until the make-up is over.
    #[arg(long)]
    hold_review: bool,
    /// Only say what would be made.
    #[arg(long)]
    dry_run: bool,
    /// Print a JSON document.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

fn moment(text: &str) -> Result<i64, String> {
    test_json::rfc_3339(text).ok_or_else(|| "a time looks like 2026-12-01T09:00:00+08:00".to_owned())
}

fn points(text: &str) -> Result<Points, String> {
    let number = text.parse::<f64>().ok().and_then(Points::from_number);
    number.ok_or_else(|| "a number with at most two decimals".to_owned())
}

fn need(text: &str) -> Result<Need, String> {
    let found = Need::ALL.into_iter().find(|need| need.name() == text);
    found.ok_or_else(|| "absent, failed or excused".to_owned())
}

pub(super) async fn run(app: &App, args: &MakeUpArgs, now_ms: i64, words: &Words) -> Outcome {
    let asked = MakeUpAsked {
        name: args.name.clone(),
        opens_at_ms: Some(args.opens),
        closes_at_ms: Some(args.closes),
        cap: args.cap,
        who: (!args.who.is_empty()).then(|| args.who.clone()),
        holds_review: args.hold_review,
    };
    let operator = Caller::operator();
    let (plan, commitment) = if args.dry_run {
        (plan_make_up(app, &operator, now_ms, &args.test, &asked).await.map_err(Failure::Service)?, None)
    } else {
        let (plan, test) = make_up(app, &operator, now_ms, &args.test, &asked).await?;
        (plan, Some(test.row.commitment))
    };
    if args.json {
        let mut value = told(&plan, &operator);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("commitment".to_owned(), commitment.into());
        }
        out!("{value}");
        return Ok(());
    }
    print(&plan, words);
    let values = [("test", plan.definition.test.as_str()), ("commitment", commitment.as_deref().unwrap_or_default())];
    if commitment.is_some() {
        out!("{}", words.say("cli-test-made", &values));
    }
    Ok(())
}

fn print(plan: &MakeUpPlan, words: &Words) {
    for (member, need) in &plan.people {
        let why = words.say(&format!("need-{}", need.name()), &[]);
        out!("{}\t{}\t{}\t{why}", member.branch.name, member.person.name, member.person.login);
    }
    let repeats = plan.repeats;
    let numbers = [repeats.candidates, repeats.drawn_before, repeats.at_least].map(|number| number.to_string());
    let [candidates, drawn, least] = numbers.each_ref().map(String::as_str);
    let questions = repeats.questions.to_string();
    let values = [("candidates", candidates), ("drawn", drawn), ("questions", &questions), ("least", least)];
    out!("{}", words.say("make-up-repeats", &values));
}

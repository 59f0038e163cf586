//! `kaohe bank search` and `kaohe bank duplicates`: questions over all banks on the terminal or as JSON.

use crate::api::search as api;
use crate::cli::words::Words;
use crate::cli::{Outcome, Place, open};
use crate::rules::question::Question;
use crate::rules::rights::Caller;
use crate::rules::search::Asked;
use crate::service::banks::Listed;
use crate::service::search;
use clap::Args;

/// Arguments of `kaohe bank search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// Words, all of which are to be found.
    #[arg(default_value = "")]
    text: String,
    /// The bank.
    #[arg(long, env = "KAOHE_BANK", default_value = "", hide_default_value = true)]
    bank: String,
    /// The topic.
    #[arg(long, env = "KAOHE_TOPIC", default_value = "", hide_default_value = true)]
    topic: String,
    /// The kind.
    #[arg(long, env = "KAOHE_KIND", default_value = "", hide_default_value = true)]
    kind: String,
    /// The lowest difficulty.
    #[arg(long, env = "KAOHE_DIFFICULTY_FROM", default_value = "", hide_default_value = true)]
    difficulty_from: String,
    /// The highest difficulty.
    #[arg(long, env = "KAOHE_DIFFICULTY_TO", default_value = "", hide_default_value = true)]
    difficulty_to: String,
    /// The regulation that is cited.
    #[arg(long, env = "KAOHE_REGULATION", default_value = "", hide_default_value = true)]
    regulation: String,
    /// The number of its article.
    #[arg(long, env = "KAOHE_ARTICLE", default_value = "", hide_default_value = true)]
    article: String,
    /// What is suspicious: contradicting-keys, near-duplicate, options-alike …
    #[arg(long, env = "KAOHE_LINT", default_value = "", hide_default_value = true)]
    lint: String,
    /// Retired questions only, or none of them.
    #[arg(long, env = "KAOHE_RETIRED", value_name = "true|false", default_value = "", hide_default_value = true)]
    retired: String,
    /// How tests used it: never, yes, flagged or weak.
    #[arg(long, env = "KAOHE_USED", default_value = "", hide_default_value = true)]
    used: String,
    /// The lowest share of its points that was won, in percent.
    #[arg(long, env = "KAOHE_FACILITY_FROM", default_value = "", hide_default_value = true)]
    facility_from: String,
    /// The highest share.
    #[arg(long, env = "KAOHE_FACILITY_TO", default_value = "", hide_default_value = true)]
    facility_to: String,
    #[command(flatten)]
    page: PageArgs,
}

/// Which part of a long list is printed, and how.
#[derive(Debug, Args)]
pub(super) struct PageArgs {
    /// How many to pass over; fifty are printed.
    #[arg(long, env = "KAOHE_FROM_PLACE", default_value_t = 0, value_name = "N")]
    from: usize,
    /// Print a JSON document, as the API gives it.
    #[arg(long, env = "KAOHE_JSON")]
    json: bool,
}

impl SearchArgs {
    fn asked(self) -> (Asked, PageArgs) {
        let asked = Asked {
            text: self.text,
            bank: self.bank,
            topic: self.topic,
            kind: self.kind,
            difficulty_from: self.difficulty_from,
            difficulty_to: self.difficulty_to,
            regulation: self.regulation,
            article: self.article,
            lint: self.lint,
            retired: self.retired,
            used: self.used,
            facility_from: self.facility_from,
            facility_to: self.facility_to,
        };
        (asked, self.page)
    }
}

pub(super) async fn run(place: &Place, args: SearchArgs, words: &Words) -> Outcome {
    let (asked, page) = args.asked();
    let wanted = search::wanted(&asked)?;
    let app = open::app(place).await?;
    let found = search::search(&app, &Caller::operator(), &wanted, page.from).await?;
    if page.json {
        out!("{}", api::document(&found));
        return Ok(());
    }
    for hit in &found.hits {
        out!("{}", line(words, &found.banks, hit.bank, &hit.question));
    }
    out!("{}", words.say("cli-search-count", &[("count", &found.count.to_string())]));
    Ok(())
}

pub(super) async fn duplicates(place: &Place, page: PageArgs, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let pairs = search::duplicates(&app, &Caller::operator(), page.from).await?;
    if page.json {
        out!("{}", api::document_of_pairs(&pairs));
        return Ok(());
    }
    for pair in &pairs.pairs {
        let code = if pair.contradicts { "lint-name-contradicting-keys" } else { "lint-name-near-duplicate" };
        out!("{}", words.say(code, &[]));
        for (bank, question) in &pair.questions {
            out!("  {}", line(words, &pairs.banks, *bank, question));
        }
    }
    let (all, contradicting) = (pairs.count.to_string(), pairs.contradicting.to_string());
    out!("{}", words.say("duplicates-count", &[("count", &all), ("contradicting", &contradicting)]));
    Ok(())
}

/// A question in one line: where it is, what it is, what it asks, and what is right.
pub(super) fn line(words: &Words, banks: &[Listed], bank: usize, question: &Question) -> String {
    let kind = words.say(&format!("kind-{}", question.kind().name()), &[]);
    let bank = banks.get(bank).map_or("", |bank| bank.row.name.as_str());
    let stem = question.stem.in_language(words.language);
    let answer = crate::formats::bank_json::written_question(question).get("answer").map(ToString::to_string);
    format!("{bank}/{}\t{kind}\t{}\t{stem}\t{}", question.id, question.difficulty, answer.unwrap_or_default())
}

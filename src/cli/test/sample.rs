//! `kaohe test sample`: who was drawn for an inspection.

use crate::api::samples::document;
use crate::app::App;
use crate::cli::Outcome;
use crate::rules::rights::Caller;
use crate::service::samples;

pub(super) async fn run(app: &App, test: &str, json: bool) -> Outcome {
    let operator = Caller::operator();
    let sampled = samples::show(app, &operator, test).await?;
    if json {
        out!("{}", document(&sampled, &operator));
        return Ok(());
    }
    for (branch, people) in &sampled.people {
        for person in people {
            out!("{}\t{}\t{}\t{}", branch.name, person.category, person.name, person.login);
        }
    }
    Ok(())
}

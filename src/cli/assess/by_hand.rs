//! What stands beside the tests of a year: points given or taken, and what was entered by hand taken back.

use crate::app::App;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome};
use crate::rules::rights::Caller;
use crate::service::assessments::{self, Adjusting, AdjustmentRow, MemberLine, signed_points};
use crate::service::error::{Error, Thing};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ByHand {
    /// Take a member's mark of a list back; it stays in the record.
    EndMark {
        #[command(flatten)]
        whose: Whose,
        /// The name of the list in the rules.
        #[arg(long)]
        list: String,
    },
    /// Give a member points, or take some (-1.5), with a reason.
    Adjust {
        #[command(flatten)]
        whose: Whose,
        /// How many points.
        #[arg(allow_negative_numbers = true)]
        points: f64,
        /// Why; it is shown beside the result.
        #[arg(long)]
        reason: String,
    },
    /// Take points given to a member, or taken, back; they stay in the record.
    EndAdjustment {
        #[command(flatten)]
        whose: Whose,
        /// Which; may be left out where only one stands.
        #[arg(long, value_name = "ID")]
        adjustment: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Whose {
    /// The year.
    year: u32,
    /// Whose.
    login: String,
    /// Code of the branch; left out: the highest.
    #[arg(long, env = "KAOHE_BRANCH")]
    branch: Option<String>,
}

impl Whose {
    fn at(&self) -> (u32, Option<&str>) {
        (self.year, self.branch.as_deref())
    }

    /// The member's result of the year.
    async fn line(&self, app: &App, operator: &Caller, now_ms: i64) -> Result<MemberLine, Failure> {
        let id = assessments::person_id(app, &self.login).await?;
        let assessed = assessments::show(app, operator, now_ms, self.year, self.branch.as_deref()).await?;
        let line = assessed.members.into_iter().find(|line| line.person_id == id);
        Ok(line.ok_or(Error::NotFound(Thing::Person))?)
    }
}

pub(super) async fn run(app: &App, (operator, now_ms): (&Caller, i64), command: ByHand, words: &Words) -> Outcome {
    match command {
        ByHand::EndMark { whose, list } => {
            let line = whose.line(app, operator, now_ms).await?;
            let mark = line.marks_of(&list).find(|mark| mark.row.stands());
            let row = &mark.ok_or_else(|| Failure::Said("cli-mark-none", whose.login.clone()))?.row;
            assessments::end_mark(app, operator, now_ms, whose.at(), &row.id).await?;
            let (points, full) = (row.mark().points.to_string(), row.mark().full.to_string());
            let values = [("login", whose.login.as_str()), ("points", &points), ("full", &full)];
            out!("{}", words.say("cli-mark-ended", &values));
        }
        ByHand::Adjust { whose, points, reason } => {
            let wrong = Error::Invalid { field: "points", expected: "adjustment-points" };
            let points = assessments::hundredths_of(points).ok_or(wrong)?;
            let adjusting = Adjusting { login: whose.login.clone(), points, reason };
            let row = assessments::adjust(app, operator, now_ms, whose.at(), &adjusting).await?;
            say(&row, &whose.login, "cli-adjusted", words);
        }
        ByHand::EndAdjustment { whose, adjustment } => {
            let line = whose.line(app, operator, now_ms).await?;
            let is_meant =
                |row: &&AdjustmentRow| row.ended_at_ms.is_none() && adjustment.as_ref().is_none_or(|id| row.id == *id);
            let standing: Vec<&AdjustmentRow> = line.adjustments.iter().filter(is_meant).collect();
            let row = match standing.as_slice() {
                [] => return Err(Failure::Said("cli-adjustment-none", whose.login)),
                [one] => one,
                many => {
                    for row in many {
                        out!("{}\t{}\t{}", row.id, signed_points(row.points), row.reason);
                    }
                    return Err(Failure::Said("cli-adjustment-many", whose.login));
                }
            };
            assessments::end_adjustment(app, operator, now_ms, whose.at(), &row.id).await?;
            say(row, &whose.login, "cli-adjustment-ended", words);
        }
    }
    Ok(())
}

fn say(row: &AdjustmentRow, login: &str, id: &'static str, words: &Words) {
    let points = signed_points(row.points);
    out!("{}", words.say(id, &[("login", login), ("points", &points), ("adjustment", &row.id)]));
}

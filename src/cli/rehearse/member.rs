//! A made-up member's day: signs in, starts, answers, hands in, and looks whether everything that was called saved is
//! there and marked as it should be.

use super::figures::{Step, Timings};
use super::line::{Call, Line, LineError, Place};
use crate::cli::unit::Chance;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How fast answers come.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum Pace {
    /// One after the other, as fast as the server takes them.
    FlatOut,
    /// One each so often, from a moment of each member's own.
    Every(Duration),
}

/// What is the same for all.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Day {
    /// The name of the test.
    pub(in crate::cli) test: String,
    /// What stands in every right option.
    pub(in crate::cli) right: String,
    /// Points of each question.
    pub(in crate::cli) points: u32,
    pub(in crate::cli) pace: Pace,
    /// Answers go on for so long at least, each question once in any case.
    pub(in crate::cli) lasts: Duration,
    /// The share of saves of which the request or the answer gets lost.
    pub(in crate::cli) loss: f64,
    /// When the rehearsal began.
    pub(in crate::cli) began: Instant,
}

/// A question as the paper asks it.
#[derive(Debug, Clone)]
struct Asked {
    position: i64,
    labels: Vec<String>,
    right: String,
}

/// What the server last called saved.
#[derive(Debug, Clone)]
struct Kept {
    save: i64,
    label: String,
}

/// A member.
#[derive(Debug)]
pub(in crate::cli) struct Member {
    login: String,
    password: String,
    /// Signs in by this, where there is one.
    code: Option<String>,
    pub(in crate::cli) line: Line,
    chance: ChanceOf,
    attempt: String,
    questions: Vec<Asked>,
    kept: Vec<Option<Kept>>,
    pub(in crate::cli) timings: Timings,
    /// What went wrong; nothing further is done after it.
    pub(in crate::cli) failure: Option<String>,
}

/// A member's own chance.
struct ChanceOf(Chance);

impl std::fmt::Debug for ChanceOf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Chance")
    }
}

/// With what somebody signs in.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Credentials {
    login: String,
    password: String,
    code: Option<String>,
}

#[derive(Deserialize)]
struct SignedIn {
    token: String,
}

#[derive(Deserialize)]
struct Paper {
    attempt: String,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    position: i64,
    options: Vec<Choice>,
    response: Option<String>,
    save: i64,
}

#[derive(Deserialize)]
struct Choice {
    label: String,
    text: String,
}

#[derive(Deserialize)]
struct Score {
    score: f64,
}

impl Member {
    pub(in crate::cli) fn new(place: Place, credentials: Credentials, seed: u64) -> Self {
        let Credentials { login, password, code } = credentials;
        Self {
            login,
            password,
            code,
            line: Line::new(place),
            chance: ChanceOf(Chance::new(seed)),
            attempt: String::new(),
            questions: Vec::new(),
            kept: Vec::new(),
            timings: Timings::default(),
            failure: None,
        }
    }

    /// Goes through one step; a failure is noted and ends this member's day.
    pub(in crate::cli) async fn go(&mut self, day: &Day, step: Step) {
        if self.failure.is_some() {
            return;
        }
        let result = match step {
            Step::SignIn => self.sign_in(day).await,
            Step::Start => self.start(day).await,
            Step::Save => self.answer(day).await,
            Step::Submit => self.submit(day).await,
        };
        if let Err(error) = result {
            self.failure = Some(format!("{} {}: {error}", self.login, step.name()));
        }
    }

    async fn timed<T: serde::de::DeserializeOwned>(
        &mut self,
        day: &Day,
        step: Step,
        call: &Call,
    ) -> Result<T, LineError> {
        let began = day.began.elapsed();
        let answer = self.line.read(call).await?;
        self.timings.note(step, began, day.began.elapsed());
        Ok(answer)
    }

    async fn sign_in(&mut self, day: &Day) -> Result<(), LineError> {
        let body = match &self.code {
            Some(code) => json!({ "code": code }).to_string(),
            None => json!({ "login": self.login, "password": self.password }).to_string(),
        };
        let call = Call::new(Method::POST, "/api/v1/session", body);
        let SignedIn { token } = self.timed(day, Step::SignIn, &call).await?;
        self.line.sign(&token);
        Ok(())
    }

    async fn start(&mut self, day: &Day) -> Result<(), LineError> {
        let call = Call::new(Method::POST, format!("/api/v1/tests/{}/attempts", day.test), "{}");
        let paper: Paper = self.timed(day, Step::Start, &call).await?;
        self.attempt = paper.attempt;
        let asked = |question: Question| {
            let is_right = |choice: &&Choice| choice.text.contains(&day.right);
            let right = question.options.iter().find(is_right).map(|choice| choice.label.clone()).unwrap_or_default();
            Asked {
                position: question.position,
                labels: question.options.into_iter().map(|choice| choice.label).collect(),
                right,
            }
        };
        self.questions = paper.sections.into_iter().flat_map(|section| section.questions).map(asked).collect();
        self.kept = vec![None; self.questions.len()];
        Ok(())
    }

    /// Answers one question after the other, round and round.
    async fn answer(&mut self, day: &Day) -> Result<(), LineError> {
        let first = Instant::now();
        let mut due = first;
        if let Pace::Every(pause) = day.pace {
            due += pause.mul_f64(self.chance.0.unit());
        }
        let mut number: i64 = 0;
        while self.kept.iter().any(Option::is_none) || first.elapsed() < day.lasts {
            let index = usize::try_from(number).unwrap_or_default() % self.questions.len().max(1);
            number += 1;
            match day.pace {
                // Counted from when it was to be sent: a slow answer must not hide those that wait behind it.
                Pace::Every(pause) => {
                    sleep_until(due).await;
                    self.save(day, index, number, due.duration_since(day.began)).await?;
                    due += pause;
                }
                Pace::FlatOut => self.save(day, index, number, day.began.elapsed()).await?,
            }
        }
        Ok(())
    }

    async fn save(&mut self, day: &Day, index: usize, number: i64, began: Duration) -> Result<(), LineError> {
        let Some(asked) = self.questions.get(index) else { return Ok(()) };
        let label = if self.chance.0.unit() < 0.7 {
            asked.right.clone()
        } else {
            asked.labels.get(self.chance.0.below(asked.labels.len())).cloned().unwrap_or_default()
        };
        let path = format!("/api/v1/attempts/{}/responses/{}", self.attempt, asked.position);
        let call = Call::new(Method::PUT, path, format!("{{\"response\":\"{label}\",\"save\":{number}}}"));
        let lost = self.chance.0.unit();
        if lost < day.loss / 2.0 {
            // The request never left.
            self.line.hang_up();
            sleep(Duration::from_millis(20)).await;
        } else if lost < day.loss {
            self.line.send_and_leave(&call, Duration::from_secs_f64(self.chance.0.unit() * 0.003)).await;
        }
        let (status, body) = self.line.call(&call).await?;
        self.timings.note(Step::Save, began, day.began.elapsed());
        if status != StatusCode::NO_CONTENT {
            return Err(LineError::Refused(status, String::from_utf8_lossy(&body).chars().take(300).collect()));
        }
        if let Some(kept) = self.kept.get_mut(index) {
            *kept = Some(Kept { save: number, label });
        }
        Ok(())
    }

    async fn submit(&mut self, day: &Day) -> Result<(), LineError> {
        let call = Call::new(Method::POST, format!("/api/v1/attempts/{}/submit", self.attempt), "{}");
        let Score { score } = self.timed(day, Step::Submit, &call).await?;
        let right = self
            .questions
            .iter()
            .zip(&self.kept)
            .filter(|(asked, kept)| kept.as_ref().is_some_and(|kept| kept.label == asked.right));
        let own = f64::from(u32::try_from(right.count()).unwrap_or_default() * day.points);
        if (own - score).abs() > 1e-9 {
            self.failure = Some(format!("{}: {score} instead of {own} points", self.login));
        }
        Ok(())
    }

    /// Responses that were called saved, and how many of them aren't there as they were sent.
    pub(in crate::cli) async fn look(&mut self) -> Result<(usize, usize), LineError> {
        if self.attempt.is_empty() {
            return Ok((0, 0));
        }
        let call = Call::new(Method::GET, format!("/api/v1/attempts/{}", self.attempt), "");
        let paper: Paper = self.line.read(&call).await?;
        let stored: Vec<Question> = paper.sections.into_iter().flat_map(|section| section.questions).collect();
        let is_there = |asked: &Asked, kept: &Kept| {
            stored.iter().any(|one| {
                one.position == asked.position && one.save == kept.save && one.response.as_ref() == Some(&kept.label)
            })
        };
        let kept = self.questions.iter().zip(&self.kept).filter_map(|(asked, kept)| Some((asked, kept.as_ref()?)));
        let mut counts = (0, 0);
        for (asked, kept) in kept {
            counts.0 += 1;
            counts.1 += usize::from(!is_there(asked, kept));
        }
        Ok(counts)
    }
}

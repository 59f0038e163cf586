//! The form of one question, wherever it stands: of a bank, or of a file that is still to be loaded.

use crate::app::App;
use crate::formats::bank_json::USUAL_DIFFICULTY;
use crate::formats::exchange::sheet::own::form::{self, FormField, Kinds, Use};
use crate::i18n::describe;
use crate::rules::bank::{Problem, Topic};
use crate::rules::question::Kind;
use crate::rules::text::Language;
use crate::service::banks::drafts::Checked;
use crate::service::banks::pictures;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::banks::editor::{self as view, Place, Shown};
use crate::web::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

/// A question as its form shows it before anybody has typed.
pub(super) struct Shape {
    pub(super) kinds: Kinds,
    pub(super) both: bool,
    pub(super) topic: String,
    pub(super) difficulty: String,
    pub(super) fields: Vec<FormField>,
}

impl Shape {
    /// The form of a question as a bank's file holds it, sound or not, or of a new one of a kind; `None` where nobody says
    /// which kind.
    pub(super) fn of(written: Option<&Value>, kind: Option<Kind>, both: bool, language: Language) -> Option<Self> {
        let own = written.and_then(Kinds::of).filter(|own| kind.is_none_or(|kind| kind == own.whole));
        let kinds = own.or_else(|| kind.map(|whole| Kinds { whole, parts: Vec::new() }))?;
        let both = both || written.is_some_and(form::speaks_both);
        let member = |name: &str| match written.and_then(|written| written.get(name)) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        Some(Self {
            fields: form::fields(written, &kinds, both, language),
            topic: member("topic"),
            difficulty: Some(member("difficulty"))
                .filter(|said| !said.is_empty())
                .unwrap_or_else(|| USUAL_DIFFICULTY.to_string()),
            kinds,
            both,
        })
    }

    /// The form as it would be sent untouched.
    pub(super) fn sent(&self, id: &str) -> Fields {
        let own = [("id", id), ("topic", &self.topic), ("difficulty", &self.difficulty)];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let fields = self.fields.iter().filter(|field| !field.value.is_empty());
        let parts =
            (1..).zip(&self.kinds.parts).map(|(number, kind)| (format!("p{number} kind"), kind.name().to_owned()));
        let fields = fields.map(|field| (field.name.clone(), field.value.clone()));
        Fields(own.into_iter().chain(parts).chain(fields).collect())
    }
}

/// What came of a form.
pub(super) enum Outcome {
    /// Nothing yet.
    Going,
    /// It is kept.
    Saved,
    /// It is sound.
    Looked(Box<Checked>),
    /// It has mistakes, each with the name of its field.
    Problems(Vec<(Option<String>, Problem)>),
    /// Something else stands against it.
    Refused(Error),
}

impl Outcome {
    pub(super) fn checked(&self) -> Option<&Checked> {
        match self {
            Self::Looked(checked) => Some(checked),
            _ => None,
        }
    }

    pub(super) fn problems(&self) -> &[(Option<String>, Problem)] {
        match self {
            Self::Problems(problems) => problems,
            _ => &[],
        }
    }
}

/// The kind that a form was sent for.
pub(super) fn sent_kind(fields: &Fields) -> Result<Kind> {
    Kind::from_name(fields.get("kind")).ok_or(Error::Invalid { field: "kind", expected: "kind" })
}

/// Reads a form and does something with its question: `None` where it was kept.
pub(super) async fn try_it(
    (fields, kind, id): (&Fields, Kind, &str),
    topics: &[Topic],
    act: impl AsyncFnOnce(Value) -> Result<Option<Checked>>,
) -> Result<Outcome> {
    let filled = form::filled(id, kind, (fields.get("topic"), fields.get("difficulty")), &fields.0, topics);
    match act(filled.question()).await {
        Ok(None) => Ok(Outcome::Saved),
        Ok(Some(checked)) => Ok(Outcome::Looked(Box::new(checked))),
        Err(Error::File(problems)) => Ok(Outcome::Problems(filled.placed(problems))),
        Err(error @ Error::ChangedMeanwhile) => Ok(Outcome::Refused(error)),
        Err(error) => Err(error),
    }
}

/// Puts a picture that was sent at the end of the question, in each language that it speaks; why it can't be taken, where
/// that lies in the picture.
pub(super) async fn add_picture(app: &App, visit: &Visit, upload: &mut Upload) -> Result<Option<Error>> {
    if upload.fields.get("action") != "add-picture" {
        return Ok(None);
    }
    let added = pictures::add(app, &visit.caller, visit.now_ms, std::mem::take(&mut upload.file)).await;
    let picture = match added {
        Ok(picture) => picture,
        Err(error @ Error::Invalid { .. }) => return Ok(Some(error)),
        Err(error) => return Err(error),
    };
    for (name, value) in &mut upload.fields.0 {
        if form::is_stem(name) {
            *value = format!("{value}\n![]({picture})");
        }
    }
    Ok(None)
}

/// A form that was sent, with what came of it.
pub(super) struct FilledIn {
    pub(super) outcome: Outcome,
    kinds: Kinds,
    both: bool,
    fields: Vec<FormField>,
}

/// Takes a form: adds the part that it asks for, or does `act` with its kind.
pub(super) async fn fill(
    fields: &Fields,
    (kind, written): (Kind, Option<&Value>),
    visit: &Visit,
    refused: Option<Error>,
    act: impl AsyncFnOnce(Kind) -> Result<Outcome>,
) -> Result<FilledIn> {
    let mut kinds = Kinds::sent(kind, &fields.0);
    let added = Kind::from_name(fields.get("part-kind")).filter(|_| fields.get("action") == "add-part");
    let outcome = match (added, refused) {
        (_, Some(error)) => Outcome::Refused(error),
        (Some(part), _) => {
            kinds.parts.push(part);
            Outcome::Going
        }
        _ => act(kind).await?,
    };
    let both = fields.get("languages") == "2";
    let mut shown = form::fields(written, &kinds, both, visit.language);
    for field in &mut shown {
        let values: Vec<&str> = fields.all(&field.name).collect();
        field.value = match field.used {
            Use::Answer => values.join(", "),
            _ => values.first().copied().unwrap_or_default().to_owned(),
        };
    }
    Ok(FilledIn { outcome, kinds, both, fields: shown })
}

impl FilledIn {
    /// The form again, with what was typed and what came of it.
    pub(super) fn answer(&self, visit: &Visit, place: &Place<'_>, sent: &Fields, is_new: bool) -> Response {
        let (status, refused) = match &self.outcome {
            Outcome::Problems(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
            Outcome::Refused(error) => (crate::api::problem::status(error), Some(describe(visit.language, error))),
            _ => (StatusCode::OK, None),
        };
        let shown = Shown {
            place,
            id: sent.get("id"),
            is_new,
            kinds: &self.kinds,
            sort: (sent.get("topic"), sent.get("difficulty")),
            both: self.both,
            seen: sent.get("seen"),
            fields: &self.fields,
            checked: self.outcome.checked(),
            problems: self.outcome.problems(),
            refused,
            newer: None,
        };
        page(visit, status, &shown)
    }
}

pub(super) fn page(visit: &Visit, status: StatusCode, shown: &Shown<'_>) -> Response {
    let words = visit.words();
    visit.page_with(status, &shown.place.title, view::question(words, shown))
}

//! What each call takes.

use crate::rules::correction::Change;
use crate::rules::integrity::Hint;
use crate::rules::roster::{Departure, Role};
use serde_json::{Value, json};

/// Media type and schema of what a call takes, by method and path; nothing where it takes none.
pub(super) fn request(name: &str) -> Option<(&'static str, Value)> {
    let object = |properties: Value| {
        Some(("application/json", json!({ "type": "object", "properties": properties, "additionalProperties": false })))
    };
    match name {
        "POST /api/v1/session" => object(json!({ "login": { "type": "string" }, "password": { "type": "string" },
            "code": { "type": "string" }, "take_over": { "type": "boolean" } })),
        "PUT /api/v1/tests/{test}/device-check" => {
            object(json!({ "shape": { "enum": crate::service::device_checks::SHAPES }, "word": { "type": "string" } }))
        }
        "POST /api/v1/tests/{test}/slips" => object(json!({ "branch": { "type": ["string", "null"] },
            "people": { "type": "array", "items": { "type": "string" } }, "anew": { "type": "boolean" } })),
        "PUT /api/v1/password" => object(json!({ "before": { "type": "string" }, "after": { "type": "string" } })),
        _ if takes_a_file(name) => Some(("application/octet-stream", json!({ "type": "string", "format": "binary" }))),
        "POST /api/v1/banks" | "POST /api/v1/tests" | "PUT /api/v1/tests/{test}" => {
            Some(("application/json", json!({ "type": "object" })))
        }
        "PUT /api/v1/banks/{bank}/draft/questions/{question}" => object(
            json!({ "question": { "type": "object" }, "seen": { "type": "string" }, "dry_run": { "type": "boolean" }, "unfinished": { "type": "boolean" } }),
        ),
        "POST /api/v1/tests/{test}/papers" => {
            object(json!({ "people": { "type": "array", "items": { "type": "string" } } }))
        }
        "PUT /api/v1/tests/{test}/papers/{paper}/responses" => object(
            json!({ "seen": { "type": "string" }, "responses": { "type": "array", "items": { "type": "object" } } }),
        ),
        "POST /api/v1/tests/{test}/papers/{paper}/check" => object(json!({ "seen": { "type": "string" } })),
        "POST /api/v1/tests/{test}/papers/{paper}/void" => {
            object(json!({ "seen": { "type": "string" }, "reason": { "type": "string" } }))
        }
        "PUT /api/v1/banks/{bank}/draft/outline" => {
            object(json!({ "outline": { "type": "object" }, "seen": { "type": "string" } }))
        }
        "POST /api/v1/banks/{bank}/draft/publish" => object(json!({ "note": { "type": "string" } })),
        "POST /api/v1/tests/{test}/pauses" => object(
            json!({ "branch": { "type": ["string", "null"] }, "login": { "type": ["string", "null"] }, "reason": { "type": "string" } }),
        ),
        "POST /api/v1/tests/{test}/messages" => object(
            json!({ "branch": { "type": ["string", "null"] }, "login": { "type": ["string", "null"] }, "text": { "type": "string" } }),
        ),
        "POST /api/v1/tests/{test}/pauses/{pause}/resume"
        | "POST /api/v1/attempts/{attempt}/reopen"
        | "POST /api/v1/attempts/{attempt}/release"
        | "POST /api/v1/tests/{test}/cancel" => object(json!({ "reason": { "type": "string" } })),
        "POST /api/v1/tests/{test}/attempts" => {
            object(json!({ "take_over": { "type": "boolean" }, "password": { "type": "string" } }))
        }
        "POST /api/v1/attempts/{attempt}/hints" => object(json!({ "hints": { "type": "array", "items": {
            "type": "object", "required": ["hint"], "additionalProperties": false,
            "properties": { "hint": { "enum": Hint::TOLD.map(Hint::name) }, "seconds": { "type": "integer", "minimum": 0 } } } } })),
        "PUT /api/v1/tests/{test}/presence/{login}" => object(
            json!({ "state": { "enum": ["absent", "excused", "exempt", "disqualified"] }, "reason": { "type": "string" } }),
        ),
        "PUT /api/v1/tests/{test}/members/{login}" => object(
            json!({ "extra_minutes": { "type": "integer" }, "opens": { "type": "string", "format": "date-time" },
            "closes": { "type": "string", "format": "date-time" }, "reason": { "type": "string" } }),
        ),
        "PUT /api/v1/attempts/{attempt}/responses/{position}" => object(
            json!({ "response": {}, "save": { "type": "integer", "minimum": 1, "maximum": crate::rules::attempt::MOST_SAVE } }),
        ),
        "POST /api/v1/attempts/{attempt}/late-responses" => object(json!({ "responses": { "type": "array", "items": {
            "type": "object", "required": ["position", "response", "save"], "additionalProperties": false,
            "properties": { "position": { "type": "integer" }, "response": {}, "save": { "type": "integer" } } } } })),
        "PUT /api/v1/assessments/{year}" => Some(("application/json", json!({ "type": "object" }))),
        _ => afterwards(name).or_else(|| kept(name)).and_then(object),
    }
}

/// Whether a call takes a file as it is.
fn takes_a_file(name: &str) -> bool {
    matches!(
        name,
        "POST /api/v1/roster/branches"
            | "POST /api/v1/roster/members"
            | "POST /api/v1/banks/marked"
            | "POST /api/v1/tests/{test}/signed-pages"
            | "POST /api/v1/assessments/{year}/signed-pages"
            | "PUT /api/v1/assessments/{year}/marks/{list}"
    )
}

/// What calls take that decide on what has been written.
fn afterwards(name: &str) -> Option<Value> {
    let text = || json!({ "type": "string" });
    Some(match name {
        "POST /api/v1/tests/{test}/amendments" => json!({ "change": { "enum": Change::NAMES },
            "bank": text(), "question": text(), "answer": {}, "attempt": text(),
            "position": { "type": "integer" }, "points": { "type": "number" }, "reason": text() }),
        "DELETE /api/v1/tests/{test}/signed-pages/{page}" | "DELETE /api/v1/assessments/{year}/signed-pages/{page}" => {
            json!({ "reason": text() })
        }
        "POST /api/v1/tests/{test}/amendments/{amendment}" => json!({ "approved": { "type": "boolean" } }),
        "POST /api/v1/tests/{test}/late-responses/{attempt}" => {
            json!({ "accepted": { "type": "boolean" }, "reason": text() })
        }
        "POST /api/v1/tests/{test}/late-responses" => {
            let attempts = json!({ "type": "array", "items": text() });
            json!({ "accepted": { "type": "boolean" }, "reason": text(), "attempts": attempts })
        }
        "POST /api/v1/clauses/amended" => json!({ "regulation": text(), "article": { "type": ["integer", "null"] },
            "on": { "type": "string", "format": "date" }, "note": text() }),
        "POST /api/v1/clauses/amended/{amended}/checked" => {
            json!({ "questions": { "type": "array", "items": text() } })
        }
        "POST /api/v1/clauses/amended/{amended}/retired" => {
            json!({ "questions": { "type": "array", "items": text() }, "note": text() })
        }
        "POST /api/v1/attempts/{attempt}/objections" => {
            json!({ "position": { "type": "integer" }, "note": text() })
        }
        "POST /api/v1/tests/{test}/objections" => json!({ "bank": text(), "question": text(),
            "objection": { "type": ["string", "null"] }, "upheld": { "type": "boolean" }, "answer": text() }),
        "POST /api/v1/assessments/{year}/adjustments" => {
            json!({ "login": text(), "points": { "type": "number" }, "reason": text() })
        }
        "POST /api/v1/assessments/{year}/marks/{list}" => {
            json!({ "login": text(), "score": { "type": ["number", "string"] }, "source": text() })
        }
        "POST /api/v1/assessments/{year}/signings" => {
            json!({ "signers": { "type": "array", "items": text() }, "note": text() })
        }
        _ => return None,
    })
}

/// What calls take that keep people and branches.
fn kept(name: &str) -> Option<Value> {
    let text = || json!({ "type": "string" });
    let or_null = || json!({ "type": ["string", "null"] });
    let role = || json!({ "enum": Role::ALL.map(Role::name) });
    let day = || json!({ "type": "string", "format": "date" });
    Some(match name {
        "POST /api/v1/people" => json!({ "name": text(), "login": text(), "branch": or_null(), "category": text(),
            "number": text(), "role": role(), "password": or_null() }),
        "PATCH /api/v1/people/{login}" => {
            json!({ "name": text(), "login": text(), "category": text(), "number": text() })
        }
        "POST /api/v1/people/{login}/move" => json!({ "branch": text(), "on": day() }),
        "POST /api/v1/people/{login}/roles" => json!({ "role": role(), "branch": or_null(), "on": day() }),
        "DELETE /api/v1/people/{login}/roles" => {
            json!({ "role": role(), "branch": or_null(), "even_own": { "type": "boolean" } })
        }
        "POST /api/v1/people/{login}/departure" => {
            json!({ "as": { "enum": Departure::ALL.map(Departure::name) }, "on": day(), "even_own": { "type": "boolean" } })
        }
        "POST /api/v1/branches" => json!({ "code": text(), "name": text(), "kind": text(), "parent": or_null() }),
        "PATCH /api/v1/branches/{code}" => json!({ "code": text(), "name": text(), "kind": text() }),
        "POST /api/v1/branches/{code}/move" => json!({ "parent": or_null() }),
        "POST /api/v1/branches/{code}/order" => json!({ "to": { "enum": ["up", "down"] } }),
        _ => return None,
    })
}

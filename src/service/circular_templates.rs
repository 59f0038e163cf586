//! A unit's own template for circulars: who keeps it, and which one holds for a branch. Whoever may publish for a branch,
//! its organizers and committees, keeps its template; branches below without one of their own use it too.

use crate::app::App;
use crate::formats::docx_template;
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::hex;
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::event;
use crate::service::error::{Error, Flaw, Result, Thing};
use crate::service::people::{READERS, tree};
use crate::store::circular_templates::{self as store, Template};
use crate::store::db::Tx;
use crate::store::trace;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Roles that publish for a branch.
const KEEPERS: [Role; 2] = [Role::Organizer, Role::Committee];

/// A template and whose it is.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The branch.
    pub branch: Node,
    /// The template.
    pub template: Template,
}

/// What holds for the circulars of a branch.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The branch.
    pub branch: Node,
    /// The template that is used: its own, or that of the nearest branch above; `None`: the usual form.
    pub used: Option<Kept>,
}

impl Shown {
    /// Whether the branch has a template of its own.
    pub fn is_own(&self) -> bool {
        self.used.as_ref().is_some_and(|kept| kept.branch.id == self.branch.id)
    }
}

/// The branch of a code for which the caller may publish.
fn find(tree: &Tree, caller: &Caller, code: &str) -> Result<Node> {
    let node = tree.by_code(code).or_else(|| tree.get(code)).ok_or(Error::NotFound(Thing::Branch))?;
    if caller.covers_any(&KEEPERS, Some(&node.id), tree) {
        return Ok(node.clone());
    }
    let is_seen = caller.covers_any(&READERS, Some(&node.id), tree);
    Err(if is_seen { Error::Forbidden(Some(Role::Committee)) } else { Error::NotFound(Thing::Branch) })
}

/// The template of a branch, or of the nearest one above.
async fn used(tx: &mut Tx, tree: &Tree, id: &str) -> Result<Option<Kept>> {
    let kept = store::list(tx).await?;
    let of = |node: &&Node| kept.iter().find(|template| template.branch_id == node.id);
    let path = tree.path(id);
    let nearest = path.iter().rev().find_map(|node| Some((*node, of(node)?)));
    Ok(nearest.map(|(node, template)| Kept { branch: node.clone(), template: template.clone() }))
}

/// What holds for a branch, for those who may publish for it.
pub async fn show(app: &App, caller: &Caller, code: &str) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let branch = find(&tree, caller, code)?;
    let used = used(&mut tx, &tree, &branch.id).await?;
    Ok(Shown { branch, used })
}

/// Keeps a file as the template of a branch, in the place of the one it has.
pub async fn keep(app: &App, caller: &Caller, now_ms: i64, code: &str, content: Vec<u8>) -> Result<Shown> {
    // Whoever may not keep one isn't told about the file.
    show(app, caller, code).await?;
    if content.is_empty() {
        return Err(Error::Invalid { field: "file", expected: "template-file" });
    }
    if content.len() > limits::TEMPLATE_BYTES {
        return Err(Error::BodyTooLarge);
    }
    let look = move || (docx_template::flaws(&content), content);
    let (flaws, content) = tokio::task::spawn_blocking(look).await.map_err(|_| Error::Busy)?;
    if !flaws.is_empty() {
        let one = |flaw: &docx_template::Flaw| Flaw { code: flaw.code(), what: flaw.what().to_owned() };
        return Err(Error::Template(flaws.iter().map(one).collect()));
    }
    let mut tx = app.db.write().await?;
    let branch = find(&tree(&mut tx).await?, caller, code)?;
    let template = Template {
        branch_id: branch.id.clone(),
        digest: hex(&Sha256::digest(&content)),
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        kept_at_ms: now_ms,
        kept_by: caller.person_id.clone(),
    };
    store::keep(&mut tx, &template, content).await?;
    let detail = json!({ "digest": template.digest });
    trace::append(&mut tx, &event(caller, now_ms, "circular-template-kept", &branch.id, &detail)).await?;
    tx.commit().await?;
    show(app, caller, code).await
}

/// Removes the template of a branch; the nearest one above holds again, or the usual form.
pub async fn remove(app: &App, caller: &Caller, now_ms: i64, code: &str) -> Result<Shown> {
    let mut tx = app.db.write().await?;
    let branch = find(&tree(&mut tx).await?, caller, code)?;
    if !store::remove(&mut tx, &branch.id).await? {
        return Err(Error::NotFound(Thing::Template));
    }
    trace::append(&mut tx, &event(caller, now_ms, "circular-template-removed", &branch.id, &json!({}))).await?;
    tx.commit().await?;
    show(app, caller, code).await
}

/// The file that a branch keeps itself.
pub async fn content(app: &App, caller: &Caller, code: &str) -> Result<(Node, Vec<u8>)> {
    let mut tx = app.db.read().await?;
    let branch = find(&tree(&mut tx).await?, caller, code)?;
    let content = store::content(&mut tx, &branch.id).await?.ok_or(Error::NotFound(Thing::Template))?;
    Ok((branch, content))
}

/// What the circular of a branch is written into, whoever asks for it; `None`: the usual form.
pub async fn for_branch(app: &App, branch: Option<&Node>) -> Result<Option<Vec<u8>>> {
    let Some(branch) = branch else { return Ok(None) };
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    match used(&mut tx, &tree, &branch.id).await? {
        Some(kept) => Ok(store::content(&mut tx, &kept.branch.id).await?),
        None => Ok(None),
    }
}

//! MathML that may be shown: elements and attributes that draw formulas, and nothing that acts, links or loads.

use crate::rules::rich::{Inline, inline};
use roxmltree::{Document, Node, ParsingOptions};
use std::fmt::Write;

/// Elements of MathML Core that draw.
const ELEMENTS: [&str; 26] = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
    "mphantom",
    "mpadded",
    "merror",
];
/// What they may say of themselves.
const ATTRIBUTES: [&str; 19] = [
    "display",
    "mathvariant",
    "stretchy",
    "symmetric",
    "fence",
    "separator",
    "accent",
    "accentunder",
    "linethickness",
    "displaystyle",
    "scriptlevel",
    "width",
    "height",
    "depth",
    "lspace",
    "rspace",
    "voffset",
    "rowspan",
    "columnspan",
];
/// Elements around a formula whose first child is the formula.
const AROUND: &str = "semantics";
const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";
/// Most bytes of a formula.
const MOST_BYTES: usize = 20_000;
/// Deepest nesting.
const MOST_LEVELS: usize = 40;

/// A formula with only what may be shown; `None` where it isn't well formed or holds anything else.
pub fn clean(formula: &str) -> Option<String> {
    if formula.len() > MOST_BYTES {
        return None;
    }
    let document = Document::parse_with_options(formula, ParsingOptions::default()).ok()?;
    of_node(document.root_element())
}

/// The same of a formula that stands in a document.
pub fn of_node(root: Node<'_, '_>) -> Option<String> {
    (root.tag_name().name() == "math" && root.range().len() <= MOST_BYTES).then_some(())?;
    let mut written = String::new();
    write(root, 0, &mut written)?;
    Some(written)
}

/// A formula that may be shown as a document's element says it: with its namespace.
pub fn with_namespace(formula: &str) -> Option<String> {
    Some(clean(formula)?.replacen("<math", &format!("<math xmlns=\"{NAMESPACE}\""), 1))
}

/// Whether every formula of a text may be shown.
pub fn are_sound(text: &str) -> bool {
    !text.contains("<math")
        || inline(text).iter().all(|one| match one {
            Inline::Formula(formula) => clean(formula).is_some(),
            _ => true,
        })
}

fn write(element: Node<'_, '_>, level: usize, out: &mut String) -> Option<()> {
    let name = element.tag_name().name();
    let is_ours = element.tag_name().namespace().is_none_or(|namespace| namespace == NAMESPACE);
    if name == AROUND && is_ours {
        return write(element.children().find(Node::is_element)?, level + 1, out);
    }
    (is_ours && level < MOST_LEVELS && ELEMENTS.contains(&name)).then_some(())?;
    let _ = write!(out, "<{name}");
    for attribute in element.attributes() {
        let is_plain =
            attribute.value().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '%' | '-' | ' '));
        (ATTRIBUTES.contains(&attribute.name()) && attribute.namespace().is_none() && is_plain).then_some(())?;
        let _ = write!(out, " {}=\"{}\"", attribute.name(), attribute.value());
    }
    out.push('>');
    for child in element.children() {
        if child.is_element() {
            write(child, level + 1, out)?;
        } else if let Some(text) = child.text().filter(|_| child.is_text()) {
            out.push_str(&super::exchange::escape(text));
        }
    }
    let _ = write!(out, "</{name}>");
    Some(())
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn formulas_come_through_and_nothing_that_acts_does() {
        let fraction = "<math display=\"block\"><mfrac><mi>a</mi><mn>2</mn></mfrac><mo>&lt;</mo></math>";
        assert_eq!(clean(fraction).as_deref(), Some(fraction));
        let annotated = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><semantics><mi>x</mi><annotation>x</annotation></semantics></math>";
        assert_eq!(clean(annotated).as_deref(), Some("<math><mi>x</mi></math>"));
        for bad in [
            "<math><script>alert(1)</script></math>",
            "<math><mi onclick=\"x\">a</mi></math>",
            "<math href=\"javascript:x\"><mi>a</mi></math>",
            "<math><mi style=\"x\">a</mi></math>",
            "<math><annotation-xml encoding=\"text/html\"><b/></annotation-xml></math>",
            "<math><mi width=\"&quot;&gt;\">a</mi></math>",
            "<math><mi>a</math>",
            "<!DOCTYPE x [<!ENTITY e \"e\">]><math><mi>&e;</mi></math>",
            "<math><svg xmlns=\"http://www.w3.org/2000/svg\"/></math>",
        ] {
            assert_eq!(clean(bad), None, "{bad}");
        }
        let deep = format!("<math>{}{}</math>", "<mrow>".repeat(60), "</mrow>".repeat(60));
        assert_eq!(clean(&deep), None);
    }
}

//! Forms of pages as a browser reads and sends them, without script.

use crate::support::{Answer, World};
use axum::body::Body;
use axum::http::{Method, Request, header};

pub(crate) type Fields = Vec<(String, String)>;

/// Sends a form as a browser does.
pub(crate) async fn send(world: &World, path: &str, token: &str, fields: &Fields) -> Answer {
    send_file(world, path, token, fields, ("", b"")).await
}

/// Sends a form with a file; one without a name is none.
pub(crate) async fn send_file(
    world: &World,
    path: &str,
    token: &str,
    fields: &Fields,
    (file, content): (&str, &[u8]),
) -> Answer {
    let boundary = "----boundary";
    let part = |(name, value): &(String, String)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body: Vec<u8> = fields.iter().map(part).collect::<String>().into_bytes();
    if !file.is_empty() {
        let named = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{file}\"");
        body.extend(format!("--{boundary}\r\n{named}\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::COOKIE, format!("kaohe_session={token}"))
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
    world.request(request.body(Body::from(body)).unwrap()).await
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(
        rest.split('"').next()?.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
    )
}

/// What a browser would send of the form of a plan on a page, without any button.
pub(crate) fn fields_of(page: &str) -> Fields {
    let form = page.split(" data-plan").nth(1).unwrap().split("</form>").next().unwrap();
    let mut fields = Fields::new();
    let mut select = String::new();
    for piece in form.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').unwrap();
        let name = attribute(tag, "name");
        match (tag.split([' ', '/']).next().unwrap(), name) {
            ("input", Some(name)) => {
                let kind = attribute(tag, "type").unwrap_or_default();
                if kind != "file" && (!matches!(kind.as_str(), "checkbox" | "radio") || tag.contains(" checked")) {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
            }
            ("select", Some(name)) => select = name,
            ("option", _) if tag.contains(" selected") => {
                fields.push((select.clone(), attribute(tag, "value").unwrap_or_default()));
            }
            ("textarea", Some(name)) => {
                let text = after.trim_start_matches('\n').replace("&quot;", "\"").replace("&lt;", "<");
                fields.push((name, text.replace("&gt;", ">").replace("&amp;", "&")));
            }
            _ => {}
        }
    }
    fields
}

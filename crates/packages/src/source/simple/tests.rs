use super::*;

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn offer(mime: &str, body: &str) -> Offer {
    let name = PackageName::new("My.Tiny".into()).unwrap();
    let url = "https://index.example/simple/my-tiny/".parse().unwrap();
    parse(&name, &url, mime, body.as_bytes()).unwrap()
}

fn files(offer: &Offer) -> Vec<(&str, &str)> {
    let all = offer.candidates.iter();
    all.map(|candidate| (candidate.file_name.as_str(), candidate.url.as_str())).collect()
}

#[test]
fn html_and_json_say_the_same() {
    let html = format!(
        "<!DOCTYPE html><html><body><h1>Links</h1>\
         <a href=\"../../files/my_tiny-1.0-py3-none-any.whl#sha256={HASH}\" data-requires-python=\"&gt;=3.9\">my_tiny-1.0-py3-none-any.whl</a><br/>\
         <a href='https://files.example/my_tiny-2.0-py3-none-any.whl#sha256={HASH}'>my_tiny-2.0-py3-none-any.whl</a>\
         <a data-yanked=\"\" href=\"/y/my_tiny-3.0-py3-none-any.whl#sha256={HASH}\">my_tiny-3.0-py3-none-any.whl</a>\
         <a href=\"/my_tiny-4.0-py3-none-any.whl\">my_tiny-4.0-py3-none-any.whl</a>\
         <a href=\"/my_tiny-5.0-py3-none-any.whl#sha256={HASH}\" data-requires-python=\"&lt;3.14\">my_tiny-5.0-py3-none-any.whl</a>\
         <a href=\"/my_tiny-6.0.tar.gz#sha256={HASH}\">my_tiny-6.0.tar.gz</a>\
         <a href=\"/other-7.0-py3-none-any.whl#sha256={HASH}\">other-7.0-py3-none-any.whl</a>\
         <a href=\"ftp://x/my_tiny-8.0-py3-none-any.whl#sha256={HASH}\">my_tiny-8.0-py3-none-any.whl</a>\
         <a href=\"/x#sha256={HASH}\">../my_tiny-9.0-py3-none-any.whl</a></body></html>"
    );
    let json = format!(
        r#"{{"meta":{{"api-version":"1.1"}},"name":"my-tiny","files":[
        {{"filename":"my_tiny-1.0-py3-none-any.whl","url":"../../files/my_tiny-1.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}},"requires-python":">=3.9"}},
        {{"filename":"my_tiny-2.0-py3-none-any.whl","url":"https://files.example/my_tiny-2.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}},"yanked":false}},
        {{"filename":"my_tiny-3.0-py3-none-any.whl","url":"/y/my_tiny-3.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}},"yanked":"broken"}},
        {{"filename":"my_tiny-4.0-py3-none-any.whl","url":"/my_tiny-4.0-py3-none-any.whl","hashes":{{}}}},
        {{"filename":"my_tiny-5.0-py3-none-any.whl","url":"/my_tiny-5.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}},"requires-python":"<3.14"}},
        {{"filename":"my_tiny-6.0.tar.gz","url":"/my_tiny-6.0.tar.gz","hashes":{{"sha256":"{HASH}"}}}},
        {{"filename":"other-7.0-py3-none-any.whl","url":"/other-7.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}}}},
        {{"filename":"my_tiny-8.0-py3-none-any.whl","url":"ftp://x/my_tiny-8.0-py3-none-any.whl","hashes":{{"sha256":"{HASH}"}}}},
        {{"filename":"../my_tiny-9.0-py3-none-any.whl","url":"/x","hashes":{{"sha256":"{HASH}"}}}}]}}"#
    );
    let from_html = offer("text/html", &html);
    let from_json = offer("application/vnd.pypi.simple.v1+json", &json);
    assert_eq!(from_html, from_json);
    assert_eq!(
        files(&from_html),
        [
            (
                "my_tiny-3.0-py3-none-any.whl",
                "https://index.example/y/my_tiny-3.0-py3-none-any.whl"
            ),
            ("my_tiny-2.0-py3-none-any.whl", "https://files.example/my_tiny-2.0-py3-none-any.whl"),
            (
                "my_tiny-1.0-py3-none-any.whl",
                "https://index.example/files/my_tiny-1.0-py3-none-any.whl"
            ),
        ]
    );
    assert!(from_html.candidates[0].yanked && !from_html.candidates[1].yanked);
    assert_eq!((from_html.n_unhashed, from_html.n_other_python, from_html.n_unusable), (1, 1, 4));
}

#[test]
fn what_is_no_index_is_refused() {
    let name = PackageName::new("tiny".into()).unwrap();
    let url: Url = "https://me:secret@index.example/simple/tiny/".parse().unwrap();
    for (mime, body) in
        [("application/json", "{}"), ("application/json", "<html>"), ("image/png", "")]
    {
        let error = parse(&name, &url, mime, body.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}

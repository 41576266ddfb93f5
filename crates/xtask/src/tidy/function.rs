//! The functions of a source, with what stands above them and what they do.

use super::lexer::{Line, is_of_name};

/// One function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Line of its name, from 0.
    pub(crate) at: usize,
    /// Its comment, without marks, lines joined.
    pub(crate) doc: String,
    /// `test`, `tokio::test`, `ignore = "why"`: as written, in the order of the lines.
    pub(crate) attributes: Vec<String>,
    /// Its code, texts and comments blank; empty for one that is only declared.
    pub(crate) body: String,
}

impl Function {
    pub(crate) fn is_test(&self) -> bool {
        self.attributes.iter().any(|attribute| {
            let name = attribute.split(['(', ' ']).next().unwrap_or_default();
            name == "test" || name.ends_with("::test")
        })
    }
}

/// All functions of a file, those within others too.
pub(crate) fn functions(lines: &[Line]) -> Vec<Function> {
    let found = lines.iter().enumerate().filter_map(|(at, line)| {
        let (column, name) = named(&line.code)?;
        let (doc, attributes) = above(lines, at);
        Some(Function { name, at, doc, attributes, body: body(lines, at, column) })
    });
    found.collect()
}

/// Where `fn` stands in a line, and the name behind it.
fn named(code: &str) -> Option<(usize, String)> {
    let at = code
        .match_indices("fn ")
        .map(|(at, _)| at)
        .find(|&at| !code[..at].ends_with(is_of_name))?;
    let name: String = code[at + 3..].chars().take_while(|letter| is_of_name(*letter)).collect();
    (!name.is_empty()).then_some((at, name))
}

/// Comment and attributes on the lines above.
fn above(lines: &[Line], at: usize) -> (String, Vec<String>) {
    let (mut doc, mut attributes) = (Vec::new(), Vec::new());
    for line in lines[..at].iter().rev() {
        let (code, comment) = (line.code.trim(), line.comment.trim());
        if let Some(said) = comment.strip_prefix("///") {
            doc.push(said.trim());
        } else if let Some(attribute) = code.strip_prefix("#[").and_then(|it| it.strip_suffix(']'))
        {
            let mut attribute = attribute.to_owned();
            if !line.text.trim().is_empty() {
                attribute.push_str(line.text.trim());
            }
            attributes.push(attribute);
        } else if !(code.is_empty() && comment.starts_with("//")) {
            break;
        }
    }
    doc.reverse();
    attributes.reverse();
    (doc.join(" "), attributes)
}

/// From the first brace behind the name to the one that closes it.
fn body(lines: &[Line], at: usize, column: usize) -> String {
    let first = lines[at].code.get(column..).unwrap_or_default();
    let rest = lines[at + 1..].iter().map(|line| line.code.as_str());
    let (mut open, mut in_brackets, mut body) = (0_usize, 0_isize, String::new());
    for line in std::iter::once(first).chain(rest) {
        for letter in line.chars() {
            match letter {
                '(' | '[' => in_brackets += 1,
                ')' | ']' => in_brackets -= 1,
                '{' => open += 1,
                ';' if open == 0 && in_brackets == 0 => return body,
                '}' if open <= 1 => return body,
                '}' => open -= 1,
                _ => {}
            }
            if open > 0 {
                body.push(letter);
            }
        }
        body.push('\n');
    }
    body
}

#[cfg(test)]
mod tests {
    use super::super::lexer;
    use super::*;

    fn of(source: &str) -> Vec<Function> {
        functions(&lexer::lines(source))
    }

    #[test]
    fn function_has_name_comment_attributes_and_body() {
        let found = of(
            "/// One.\n/// Two.\n#[test]\n#[ignore = \"slow\"]\npub fn a() {\n  b('{');\n}\nfn c() {}\n",
        );
        let [a, c] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((a.name.as_str(), a.at, a.doc.as_str()), ("a", 4, "One. Two."));
        assert!(a.is_test() && a.attributes[1].starts_with("ignore"), "{a:?}");
        assert!(a.body.contains("b(") && !a.body.contains('}'), "{a:?}");
        assert_eq!((c.name.as_str(), c.doc.as_str(), c.is_test()), ("c", "", false));
    }

    #[test]
    fn tests_of_every_runner_are_tests() {
        for attribute in ["test", "tokio::test", "tokio::test(start_paused = true)"] {
            assert!(of(&format!("#[{attribute}]\nasync fn a() {{}}"))[0].is_test(), "{attribute}");
        }
        for attribute in ["cfg(test)", "must_use", "expect(dead_code)"] {
            assert!(!of(&format!("#[{attribute}]\nfn a() {{}}"))[0].is_test(), "{attribute}");
        }
    }

    #[test]
    fn declarations_have_no_body_and_types_of_functions_no_name() {
        assert_eq!(of("fn a(b: [u8; 4]) {\n  c();\n}")[0].body.trim(), "{\n  c();");
        assert_eq!(of("trait A {\n  fn b(&self);\n}\nfn c() { d }")[0].body.trim(), "");
        assert!(of("type A = fn (u8);\nlet often (x);").is_empty());
    }
}

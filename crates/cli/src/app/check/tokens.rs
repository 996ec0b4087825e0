//! JavaScript cut into words, texts and signs: enough to see what a script calls with which text, without a grammar.
//!
//! Whether `/` divides or begins a regular expression cannot be known without one; here it is guessed by what stands before
//! it. A wrong guess is mended at the end of the line: texts in quotes do not go on there.

/// A piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Where it begins, in bytes.
    pub(super) offset: usize,
    pub(super) kind: Kind<'a>,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A text in quotes without them, or a template up to its first `${`. Escapes are as written, but for `\/`.
    Text(String),
    /// Any other sign.
    Sign(char),
    /// A number or a regular expression.
    Value,
}

/// Longest regular expression that is taken for one, in bytes.
const LONGEST_EXPRESSION: usize = 4096;

/// Words after which `/` begins a regular expression.
const BEFORE_VALUE: [&str; 12] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "instanceof",
    "new",
    "throw",
    "do",
    "else",
];

/// Cuts a script. Linear in its length, whatever it contains.
pub(super) fn tokens(script: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        script,
        at: 0,
        tokens: Vec::new(),
        braces: Vec::new(),
        no_quote_before: [0; 2],
        no_expression_before: 0,
    };
    while let Some(c) = lexer.peek() {
        lexer.step(c);
    }
    lexer.tokens
}

struct Lexer<'a> {
    script: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Of each template around here, how many braces are open in its `${`.
    braces: Vec<usize>,
    /// Up to where a quote was looked for in vain, for both kinds, so that nothing is looked through twice.
    no_quote_before: [usize; 2],
    /// Up to where the end of a regular expression was looked for in vain.
    no_expression_before: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self, c: char) {
        let rest = self.rest();
        let start = self.at;
        if c.is_whitespace() {
            self.at += c.len_utf8();
        } else if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            self.at += comment.find("*/").map_or(rest.len(), |end| end + 4);
        } else if c == '"' || c == '\'' {
            self.quoted(c);
        } else if c == '`' {
            self.at += 1;
            self.template(start, true);
        } else if is_word_start(c) {
            // What begins a word need not be able to go on with it: `#private`.
            let behind = rest.get(c.len_utf8()..).unwrap_or_default();
            let length = c.len_utf8() + behind.find(|c| !is_word_part(c)).unwrap_or(behind.len());
            self.at += length;
            self.push(start, Kind::Word(rest.get(..length).unwrap_or_default()));
        } else if c.is_ascii_digit() {
            self.at += rest.find(|c: char| !is_word_part(c) && c != '.').unwrap_or(rest.len());
            self.push(start, Kind::Value);
        } else if c == '/' && self.value_may_begin() {
            self.regular_expression();
        } else {
            self.at += c.len_utf8();
            self.sign(start, c);
        }
    }

    fn sign(&mut self, start: usize, c: char) {
        match (c, self.braces.last_mut()) {
            ('{', Some(open)) => *open += 1,
            ('}', Some(0)) => {
                self.braces.pop();
                return self.template(start, false);
            }
            ('}', Some(open)) => *open -= 1,
            _ => {}
        }
        self.push(start, Kind::Sign(c));
    }

    fn push(&mut self, offset: usize, kind: Kind<'a>) {
        self.tokens.push(Token { offset, kind });
    }

    /// A text in quotes. One that does not end on its line was none: a quote in a regular expression, most likely.
    fn quoted(&mut self, quote: char) {
        let start = self.at;
        let [double, single] = &mut self.no_quote_before;
        let no_quote_before = if quote == '"' { double } else { single };
        let body = match self.script.get(start + 1..) {
            Some(body) if *no_quote_before <= start => body,
            _ => "",
        };
        let mut escaped = false;
        for (index, c) in body.char_indices() {
            *no_quote_before = start + 1 + index;
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' | '\r' => break,
                c if c == quote => {
                    *no_quote_before = 0;
                    self.at = start + 1 + index + 1;
                    let text = body.get(..index).unwrap_or_default().replace("\\/", "/");
                    return self.push(start, Kind::Text(text));
                }
                _ => {}
            }
        }
        self.at = start + 1;
        self.push(start, Kind::Sign(quote));
    }

    /// A template from behind its backtick, or from behind the `}` of a `${…}` in it.
    fn template(&mut self, start: usize, first: bool) {
        let body = self.rest();
        let mut escaped = false;
        let mut end = body.len();
        let mut next = body.len();
        for (index, c) in body.char_indices() {
            let here = body.get(index..).unwrap_or_default();
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == '`' {
                (end, next) = (index, index + 1);
                break;
            } else if here.starts_with("${") {
                (end, next) = (index, index + 2);
                self.braces.push(0);
                break;
            }
        }
        self.at += next;
        let kind = if first {
            Kind::Text(body.get(..end).unwrap_or_default().replace("\\/", "/"))
        } else {
            Kind::Value
        };
        self.push(start, kind);
    }

    /// Whether a value may begin here, rather than go on.
    fn value_may_begin(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            None => true,
            Some(Kind::Word(word)) => BEFORE_VALUE.contains(word),
            Some(Kind::Sign(c)) => !matches!(c, ')' | ']' | '}'),
            Some(Kind::Text(_) | Kind::Value) => false,
        }
    }

    fn regular_expression(&mut self) {
        let start = self.at;
        let (mut escaped, mut in_class) = (false, false);
        let rest = if self.no_expression_before > start {
            ""
        } else {
            self.rest()
        };
        for (index, c) in rest.char_indices().skip(1) {
            self.no_expression_before = start + index;
            match c {
                '\n' | '\r' => break,
                _ if index > LONGEST_EXPRESSION => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    self.no_expression_before = 0;
                    self.at = start + index + 1;
                    return self.push(start, Kind::Value);
                }
                _ => {}
            }
        }
        self.at = start + 1;
        self.push(start, Kind::Sign('/'));
    }
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '$' | '_' | '#')
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '$' | '_' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of a script.
    fn texts(script: &str) -> Vec<String> {
        let texts = tokens(script).into_iter().filter_map(|token| match token.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }

    #[test]
    fn texts_are_told_from_what_looks_like_them() {
        for (script, expected) in [
            (r#"a("x", 'y"', `z`)"#, &["x", "y\"", "z"][..]),
            (
                r#"// "no"
               /* 'no' */ "yes""#,
                &["yes"],
            ),
            (r#"/["'`]/.test(a) ? "yes" : b / c / "d""#, &["yes", "d"]),
            (r#"return /"/g, "yes""#, &["yes"]),
            (r"`a${`b${'c'}`+{d:{}}}e` + 'f'", &["a", "b", "c", "f"]),
            (r#""a\"b" + "c\/d""#, &["a\\\"b", "c/d"]),
            ("'not ended\n'ended'", &["ended"]),
            ("if (a) /'/.test(b)\n'ended'", &["ended"]),
            ("x = 1.5e3 / 2; 'a'", &["a"]),
        ] {
            assert_eq!(texts(script), expected, "{script}");
        }
    }

    #[test]
    fn anything_can_be_cut() {
        for script in [
            "`${",
            "\"",
            "\\",
            "/",
            "/*",
            "`${`${`",
            "}}}}",
            "/[/",
            "'\\",
            "é\u{2028}//\u{2028}'x'",
            "#",
            "##a",
            "#!",
        ] {
            let _ = tokens(script);
        }
        // Every character begins something, and whatever begins is cut off.
        for c in (0..0x3000).filter_map(char::from_u32) {
            assert!(tokens(&format!("{c}{c}{c} ")).len() <= 6, "{c:?}");
        }
        assert_eq!(texts("this.#a('x')"), ["x"]);
        assert_eq!(texts("é\u{2028}//\u{2028}'x'"), ["x"]);
        for piece in ["['/x=/", "\"\\", "'\\'", "/[", "=/a\\/", "'\"/"] {
            let started = std::time::Instant::now();
            let _ = tokens(&piece.repeat(1_000_000 / piece.len()));
            // Looking through it for every piece anew would take hours.
            assert!(started.elapsed().as_secs() < 60, "{piece}");
        }
        let many = "`${".repeat(100_000);
        assert_eq!(tokens(&many).len(), 100_000);
    }
}

//! A certificate by another reader: knows nothing but DER's tags and lengths, and the order of fields (RFC 5280 4.1).

/// An element: its tag, where its content begins, and its content.
#[derive(Clone, Copy)]
struct Element<'a> {
    tag: u8,
    whole: &'a [u8],
    content: &'a [u8],
}

/// The first element, and what is behind it. Lengths must be the shortest.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (len, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
        let len = digits
            .iter()
            .try_fold(0_usize, |len, digit| Some(len.checked_mul(256)? + usize::from(*digit)))?;
        let shortest = digits.first()? != &0 && len >= 0x80;
        (shortest.then_some(len)?, rest)
    };
    let (content, behind) = rest.split_at_checked(len)?;
    let whole = &bytes[..bytes.len() - behind.len()];
    // A tag of several bytes is none of these.
    (tag & 0x1F != 0x1F).then_some((Element { tag, whole, content }, behind))
}

/// Takes elements from the front.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The next one, if it has this tag.
    fn next(&mut self, tag: u8) -> Option<Element<'a>> {
        let (found, behind) = element(self.0)?;
        (found.tag == tag).then(|| self.0 = behind)?;
        Some(found)
    }
}

/// An extension.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    /// Content of the identifier.
    pub(super) oid: &'a [u8],
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

/// What a certificate says.
pub(super) struct Model<'a> {
    pub(super) tbs: &'a [u8],
    pub(super) serial: &'a [u8],
    pub(super) issuer: &'a [u8],
    /// Tag and content of both times.
    pub(super) times: [(u8, &'a [u8]); 2],
    pub(super) subject: &'a [u8],
    /// X and Y, if it is an uncompressed point.
    pub(super) key: Option<&'a [u8]>,
    pub(super) extensions: Vec<Extension<'a>>,
    /// Contents of the two integers, if it has them.
    pub(super) signature: Option<[&'a [u8]; 2]>,
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;

impl<'a> Model<'a> {
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let (whole, []) = element(der)? else { return None };
        let mut whole = Elements(whole.content);
        let tbs = whole.next(SEQUENCE)?;
        whole.next(SEQUENCE)?;
        let (&0, signature) = whole.next(BITS)?.content.split_first()? else { return None };
        let numbers = |signature| {
            let mut numbers = Elements(Elements(signature).next(SEQUENCE)?.content);
            Some([numbers.next(INTEGER)?.content, numbers.next(INTEGER)?.content])
        };
        let signature = numbers(signature);

        let mut fields = Elements(tbs.content);
        fields.next(0xA0);
        let serial = fields.next(INTEGER)?.content;
        fields.next(SEQUENCE)?;
        let issuer = fields.next(SEQUENCE)?.whole;
        let mut dates = Elements(fields.next(SEQUENCE)?.content);
        let mut time = || {
            let (time, behind) = element(dates.0)?;
            dates.0 = behind;
            Some((time.tag, time.content))
        };
        let times = [time()?, time()?];
        let subject = fields.next(SEQUENCE)?.whole;
        let mut key = Elements(fields.next(SEQUENCE)?.content);
        key.next(SEQUENCE)?;
        let key = key.next(BITS)?.content.strip_prefix(&[0, 4]);
        for unique in [0x81, 0x82] {
            fields.next(unique);
        }
        let mut extensions = Vec::new();
        if let Some(explicit) = fields.next(0xA3) {
            let mut list = Elements(Elements(explicit.content).next(SEQUENCE)?.content);
            while !list.0.is_empty() {
                let mut extension = Elements(list.next(SEQUENCE)?.content);
                extensions.push(Extension {
                    oid: extension.next(0x06)?.content,
                    critical: extension.next(0x01).is_some_and(|critical| critical.content == [0xFF]),
                    value: extension.next(0x04)?.content,
                });
            }
        }
        Some(Self { tbs: tbs.whole, serial, issuer, times, subject, key, extensions, signature })
    }
}

/// A time as RFC 3339, by its digits alone.
pub(super) fn rfc3339((tag, content): (u8, &[u8])) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let century = match tag {
        // UTCTime: 1950 to 2049.
        0x17 if text.get(..2)? >= "50" => "19",
        0x17 => "20",
        0x18 => "",
        _ => return None,
    };
    let digits = format!("{century}{text}");
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, time) =
        ([part(0, 4)?, part(4, 6)?, part(6, 8)?], [part(8, 10)?, part(10, 12)?, part(12, 14)?]);
    (digits.len() == 14).then(|| format!("{}T{}Z", date.join("-"), time.join(":")))
}

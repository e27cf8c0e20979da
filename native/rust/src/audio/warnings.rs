//! What went wrong without ending the decode. Bounded: repeats are counted, not listed.

const LIMIT: usize = 32;

#[derive(Default)]
pub struct Warnings {
    entries: Vec<Entry>,
}

struct Entry {
    kind: &'static str,
    text: String,
    count: u64,
}

impl Warnings {
    /// `kind` groups repeats; the text of the first stands for all.
    pub fn add(&mut self, kind: &'static str, text: impl FnOnce() -> String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.kind == kind) {
            entry.count += 1;
        } else if self.entries.len() < LIMIT {
            self.entries.push(Entry { kind, text: text(), count: 1 });
        }
    }

    /// Says it better: takes the place of what `kind` said before.
    pub fn replace(&mut self, kind: &'static str, text: String) {
        self.entries.retain(|entry| entry.kind != kind);
        self.add(kind, || text);
    }

    pub fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.entries.iter().map(|entry| match entry.count {
            1 => entry.text.clone(),
            count => format!("{} (and {} more like it)", entry.text, count - 1),
        })
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

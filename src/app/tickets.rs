//! Who waits for the check of a password: in the order of arrival, each known by a ticket that only the waiting browser
//! holds. The password itself is with the check and goes with it.

use crate::limits;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::task::AbortHandle;

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// The password is that of this person.
    Right(String),
    /// Login or password is wrong.
    Wrong,
    /// It could not be checked.
    Failed,
}

/// How a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// So many are before it, itself counted.
    Waits(usize),
    /// It is done; the ticket is used up.
    Done(Box<Asked>, Checked),
}

/// What was asked for, to go on with afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The login as typed.
    pub login: String,
    /// Where to go afterwards.
    pub next: String,
}

#[derive(Debug)]
struct Ticket {
    number: u64,
    at_ms: i64,
    asked: Asked,
    checked: Option<Checked>,
    check: Option<AbortHandle>,
}

#[derive(Debug, Default)]
struct Book {
    last: u64,
    tickets: HashMap<String, Ticket>,
}

/// Every ticket given out and not yet used up.
#[derive(Debug, Default)]
pub struct Tickets(Mutex<Book>);

impl Tickets {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out a ticket; `false` where too many are out.
    pub fn give(&self, ticket: &str, asked: Asked, at_ms: i64) -> bool {
        let mut book = self.book();
        if book.tickets.len() >= limits::TICKETS {
            book.tickets.retain(|_, ticket| ticket.at_ms + limits::TICKET_MS > at_ms);
        }
        if book.tickets.len() >= limits::TICKETS {
            return false;
        }
        book.last += 1;
        let number = book.last;
        book.tickets.insert(ticket.to_owned(), Ticket { number, at_ms, asked, checked: None, check: None });
        true
    }

    /// Notes the check that a ticket waits for, so that it ends with the ticket.
    pub fn waits_for(&self, ticket: &str, check: AbortHandle) {
        if let Some(ticket) = self.book().tickets.get_mut(ticket) {
            ticket.check = Some(check);
        }
    }

    /// Notes what a check has found.
    pub fn done(&self, ticket: &str, checked: Checked) {
        if let Some(ticket) = self.book().tickets.get_mut(ticket) {
            ticket.checked = Some(checked);
        }
    }

    /// How a ticket stands; `None` where there is none such, or its time is over.
    pub fn look(&self, ticket: &str, now_ms: i64) -> Option<Turn> {
        let mut book = self.book();
        let mine = book.tickets.get(ticket).filter(|mine| mine.at_ms + limits::TICKET_MS > now_ms)?;
        if mine.checked.is_none() {
            let number = mine.number;
            let before = book.tickets.values().filter(|one| one.checked.is_none() && one.number <= number);
            return Some(Turn::Waits(before.count()));
        }
        let Ticket { asked, checked, .. } = book.tickets.remove(ticket)?;
        Some(Turn::Done(Box::new(asked), checked?))
    }

    /// Gives a ticket back: its browser asks anew.
    pub fn give_back(&self, ticket: &str) {
        if let Some(check) = self.book().tickets.remove(ticket).and_then(|ticket| ticket.check) {
            check.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Checked, Tickets, Turn};
    use crate::limits;

    #[test]
    fn places_count_down_and_a_ticket_is_used_up_once() {
        let tickets = Tickets::default();
        let asked = Asked { login: "m1".into(), next: "/".into() };
        for ticket in ["a", "b", "c"] {
            assert!(tickets.give(ticket, asked.clone(), 0));
        }
        assert_eq!(tickets.look("c", 1), Some(Turn::Waits(3)));
        tickets.done("a", Checked::Wrong);
        assert_eq!(tickets.look("c", 1), Some(Turn::Waits(2)));
        tickets.give_back("b");
        assert_eq!(tickets.look("c", 1), Some(Turn::Waits(1)));
        tickets.done("c", Checked::Right("p".into()));
        assert_eq!(tickets.look("c", 1), Some(Turn::Done(Box::new(asked), Checked::Right("p".into()))));
        assert_eq!(tickets.look("c", 1), None);
        assert_eq!(tickets.look("a", limits::TICKET_MS), None, "its time is over");
    }
}

//! Configurations as people write and post them: read in every form, and what is wrong with a table as a whole.

mod document;
mod garbage;
mod posted;
mod print;
mod printed;
mod random;
mod tables;

use atecc608_config::forms;

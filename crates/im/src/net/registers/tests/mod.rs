mod golden;
mod two;

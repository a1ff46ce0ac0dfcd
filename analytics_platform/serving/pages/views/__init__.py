"""One module a page, each with a function ``page``. A page asks, draws and explains; it computes nothing."""

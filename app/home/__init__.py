"""Front page, dashboard, search, help, system pages: gathers from several domains, decides nothing."""

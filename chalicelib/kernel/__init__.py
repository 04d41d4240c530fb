"""What every domain may know: settings, clock, ids, errors, phone numbers, money, logging, tools."""

"""The pages, in the order of a marketer's questions; a new one is a module with its PAGE, named here."""

from bank_marketing.web.page import Page
from bank_marketing.web.pages import campaigns, customers, models, new_data, retention, this_week, value

MODULES = (this_week, campaigns, customers, value, retention, new_data, models)
PAGES: tuple[Page, ...] = tuple(module.PAGE for module in MODULES)

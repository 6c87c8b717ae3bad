string[] accounts = ["savings", "checking", "joint", "student", "business", "old", "second", "Swiss", "euro", "dollar", "family", "company"];
(string Question, string Intent)[] questionsWithIntents =
[
    .. accounts.Select(account => ($"How much money is on my {account} account?", "balance")),
    .. accounts.Select(account => ($"I lost the card of my {account} account", "card")),
    .. accounts.Select(account => ($"Send twenty from my {account} account to Anna", "transfer")),
];

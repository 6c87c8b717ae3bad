string[] otherQuestions =
[
    .. accounts.Select(account => $"What is the balance of the {account} account?"),
    .. accounts.Select(account => $"My card for the {account} account is gone"),
];

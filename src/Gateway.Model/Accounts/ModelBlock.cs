namespace Gateway.Model.Accounts;

/// <summary>A model an account cannot serve for a while, as an upstream answered.</summary>
internal sealed record ModelBlock(string Model, DateTimeOffset Until);

namespace Gateway.Model.Accounts;

/// <summary>What a vendor lets one account do within a minute, for one family of models.</summary>
/// <param name="Family">Its name, as settings write it.</param>
/// <param name="Rpm">Requests; 0 for no limit.</param>
/// <param name="Tpm">Tokens, read and written; 0 for no limit.</param>
internal sealed record PaceLimit(string Family, int Rpm, long Tpm)
{
    public bool IsLimited => Rpm > 0 || Tpm > 0;
}

using Microsoft.Extensions.Logging;

namespace Gateway.Engine.Turns;

internal sealed partial class BatchRunner
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of type {Turn} threw; it failed alone and left nothing behind.")]
    private partial void LogTurnThrew(string turn);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database refused what a turn of type {Turn} wrote.")]
    private partial void LogTurnRefused(string turn, Exception failure);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Parked an obligation of type {Turn}: the database keeps refusing it. See table parked_obligation.")]
    private partial void LogParked(string turn, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the database; admissions are refused until it answers.")]
    private partial void LogStoreLost(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Critical, Message = "Incarnation {Incarnation} was declared dead by another node; nothing more is written.")]
    private partial void LogFenced(string incarnation);
}

namespace Gateway.Engine.Turns;

internal enum BodyPart
{
    Request,
    Result,
}

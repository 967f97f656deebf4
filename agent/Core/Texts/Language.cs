namespace Difusor.Agent.Texts;

/// <summary>The language of messages for people; codes, JSON keys and MSGIDs are never translated.</summary>
public enum Language { Es, En }

namespace Difusor.Agent.Events;

/// <summary>Syslog's severities with syslog's numbers (RFC 5424, section 6.2.1).</summary>
public enum Severity { Emergency = 0, Alert = 1, Critical = 2, Error = 3, Warning = 4, Notice = 5, Info = 6, Debug = 7 }

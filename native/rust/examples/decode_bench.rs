//! Goal P14: one hour of mp3, flac, m4a and wav to 16 kHz mono, against the ffmpeg command.
//!
//! `decode_bench RECORDING [SECONDS] [ROUNDS]` repeats the recording to so many seconds (3600) at 44.1 kHz stereo in a
//! temporary folder, then decodes each file by this library and by `ffmpeg -threads 1`, each in a process of its own, by
//! turns, and prints the medians of the rounds (5) and the peak memory. Both are single threads; processor time is what
//! counts where other work runs on the machine. `decode_bench --decode FILE` is one of ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use voicelingua_rust::audio::{Audio, Options};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("--decode") => decode(Path::new(arguments.get(1).ok_or("no file")?)),
        Some(recording) => {
            let number = |index: usize, default: u32| arguments.get(index).map_or(Ok(default), |text| text.parse());
            compare(recording, number(1, 3600)?, number(2, 5)? as usize)
        }
        None => Err("usage: decode_bench RECORDING [SECONDS] [ROUNDS]".into()),
    }
}

fn decode(path: &Path) -> Result<(), Failure> {
    let mut audio = Audio::open_path(path, Options::default())?;
    let mut buffer = vec![0.0; 16_000];
    let mut total = 0;
    loop {
        match audio.read(&mut buffer).map_err(|(_, error)| error)? {
            0 => break,
            count => total += count,
        }
    }
    println!("{total}");
    Ok(())
}

fn compare(recording: &str, seconds: u32, rounds: usize) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("voicelingua-decode-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder, recording, seconds, rounds);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &Path, recording: &str, seconds: u32, rounds: usize) -> Result<(), Failure> {
    println!("{seconds} s at 44.1 kHz stereo, median of {rounds}");
    println!(
        "{:<6}{:>10}{:>12}{:>8}{:>12}{:>14}{:>8}{:>10}{:>12}",
        "", "ours s", "ffmpeg s", "ratio", "ours cpu s", "ffmpeg cpu s", "ratio", "ours MB", "ffmpeg MB"
    );
    for (ending, codec) in [
        ("wav", &["pcm_s16le"][..]),
        ("flac", &["flac"]),
        ("mp3", &["libmp3lame", "-b:a", "128k"]),
        ("m4a", &["aac", "-b:a", "128k"]),
    ] {
        let file = folder.join(format!("hour.{ending}"));
        make(recording, seconds, codec, &file)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (mut our_peak, mut their_peak) = (0, 0);
        for _ in 0..rounds {
            let own = std::env::current_exe()?;
            ours.push(run(Command::new(own).arg("--decode").arg(&file), &mut our_peak)?);
            let mut ffmpeg = Command::new("ffmpeg");
            ffmpeg.args(["-v", "error", "-nostdin", "-threads", "1", "-filter_threads", "1", "-i"]).arg(&file);
            ffmpeg.args(["-ac", "1", "-ar", "16000", "-threads", "1", "-f", "f32le", "-y", "/dev/null"]);
            theirs.push(run(&mut ffmpeg, &mut their_peak)?);
        }
        let (our_cpu, their_cpu) = (median(ours.iter().map(|run| run.1)), median(theirs.iter().map(|run| run.1)));
        let (ours, theirs) = (median(ours.iter().map(|run| run.0)), median(theirs.iter().map(|run| run.0)));
        let (our_peak, their_peak) = (our_peak as f64 / 1024.0, their_peak as f64 / 1024.0);
        let (ratio, cpu_ratio) = (theirs / ours, their_cpu / our_cpu);
        println!(
            "{ending:<6}{ours:>10.2}{theirs:>12.2}{ratio:>8.2}{our_cpu:>12.2}{their_cpu:>14.2}{cpu_ratio:>8.2}\
             {our_peak:>10.1}{their_peak:>12.1}"
        );
        std::fs::remove_file(&file)?;
    }
    Ok(())
}

fn make(recording: &str, seconds: u32, codec: &[&str], file: &PathBuf) -> Result<(), Failure> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i", recording, "-t", &seconds.to_string()]);
    command.args(["-ac", "2", "-ar", "44100", "-c:a"]).args(codec).arg(file);
    if !command.status()?.success() {
        return Err("ffmpeg could not make the file".into());
    }
    Ok(())
}

/// Seconds the child took by the clock and of the processor; raises `peak` to its resident set in KiB.
#[cfg(target_os = "linux")]
fn run(command: &mut Command, peak: &mut u64) -> Result<(f64, f64), Failure> {
    let before = children_cpu()?;
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let outcome = loop {
        if let Some(outcome) = child.try_wait()? {
            break outcome;
        }
        if let Ok(text) = std::fs::read_to_string(&status) {
            let high = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let high = high.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok());
            *peak = (*peak).max(high.unwrap_or(0));
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    if !outcome.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok((start.elapsed().as_secs_f64(), children_cpu()? - before))
}

/// Processor seconds of all children waited for.
#[cfg(target_os = "linux")]
fn children_cpu() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().ok_or("no stat")?;
    let ticks = |index: usize| after_name.split_whitespace().nth(index).and_then(|text| text.parse::<f64>().ok());
    Ok((ticks(13).ok_or("no cutime")? + ticks(14).ok_or("no cstime")?) / 100.0)
}

#[cfg(not(target_os = "linux"))]
fn run(command: &mut Command, _: &mut u64) -> Result<(f64, f64), Failure> {
    let start = Instant::now();
    if !command.stdout(Stdio::null()).status()?.success() {
        return Err(format!("{command:?} failed").into());
    }
    let elapsed = start.elapsed().as_secs_f64();
    Ok((elapsed, elapsed))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

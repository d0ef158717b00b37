//! From the skills of the core to their wire form.

use llmos_core::{
    skill::{self, Executable, Skill},
    store::BlobId,
    volume::{VolumeId, VolumePath},
};

use super::{ExecutableSkill, Port, SkillKind, SkillSummary};

impl From<&skill::SkillKind> for SkillKind {
    fn from(kind: &skill::SkillKind) -> Self {
        match kind {
            skill::SkillKind::Context => Self::Context,
            skill::SkillKind::Agent => Self::Agent,
            skill::SkillKind::Executable(_) => Self::Executable,
        }
    }
}

impl From<&skill::Port> for Port {
    fn from(port: &skill::Port) -> Self {
        Self {
            name: port.name.clone(),
            ty: port.ty.to_string(),
            description: port.description.clone(),
            default: port.default.clone(),
            required: port.required,
        }
    }
}

fn ports(ports: &[skill::Port]) -> Vec<Port> {
    ports.iter().map(Port::from).collect()
}

impl ExecutableSkill {
    /// Shows a skill that can be a node, without its code.
    pub fn new(
        skill: &Skill,
        executable: &Executable,
        volume: &VolumeId,
        version: &BlobId,
    ) -> Self {
        Self {
            skill_id: skill.id.to_string(),
            name: skill.name.clone(),
            description: skill.description.clone(),
            ty: executable.runtime.to_string(),
            execution_mode: executable.execution_mode.to_string(),
            category: skill.category.clone(),
            tags: skill.keywords.clone(),
            version: version.to_string(),
            release: skill.version.clone(),
            author: skill.author.clone(),
            volume: volume.to_string(),
            inputs: ports(&executable.inputs),
            outputs: ports(&executable.outputs),
            estimated_time_ms: executable.estimated_time_ms,
            memory_mb: executable.memory_mb,
            timeout_ms: executable.timeout_ms,
            packages: executable.packages.clone(),
            deterministic: executable.deterministic,
            code: None,
        }
    }

    /// Adds the code.
    #[must_use]
    pub fn with_code(mut self, executable: &Executable) -> Self {
        self.code = Some(executable.code.clone());
        self
    }
}

impl SkillSummary {
    /// Shows a skill of a volume as lists do.
    pub fn new(skill: &Skill, volume: &VolumeId, path: &VolumePath, version: &BlobId) -> Self {
        let executable = skill.executable();
        Self {
            skill_id: skill.id.to_string(),
            name: skill.name.clone(),
            description: skill.description.clone(),
            kind: (&skill.kind).into(),
            category: skill.category.clone(),
            keywords: skill.keywords.clone(),
            volume: volume.to_string(),
            path: path.to_string(),
            version: version.to_string(),
            ty: executable.map(|executable| executable.runtime.to_string()),
            execution_mode: executable.map(|executable| executable.execution_mode.to_string()),
            inputs: executable.map(|executable| ports(&executable.inputs)),
            outputs: executable.map(|executable| ports(&executable.outputs)),
            shadows: Vec::new(),
            score: None,
            why: None,
        }
    }
}

//! stub
pub mod bank_json {
    pub fn read(_: &[u8]) -> Result<crate::rules::bank::Bank, Vec<crate::rules::bank::Problem>> {
        Err(vec![])
    }
    pub fn write(_: &crate::rules::bank::Bank) -> String {
        String::new()
    }
}
pub mod test_json {
    pub fn read(_: &[u8]) -> Result<crate::rules::blueprint::Definition, Vec<crate::rules::bank::Problem>> {
        Err(vec![])
    }
    pub fn write(_: &crate::rules::blueprint::Definition) -> serde_json::Value {
        serde_json::Value::Null
    }
}
pub mod roster {
    pub fn read_branches(
        _: &[u8],
    ) -> Result<Vec<crate::rules::roster::BranchRow>, Vec<crate::rules::roster::SheetProblem>> {
        Err(vec![])
    }
    pub fn read_members(
        _: &[u8],
    ) -> Result<Vec<crate::rules::roster::MemberRow>, Vec<crate::rules::roster::SheetProblem>> {
        Err(vec![])
    }
}
pub mod sheet {
    pub fn write_csv(_: &[Vec<String>]) -> Vec<u8> {
        vec![]
    }
}
